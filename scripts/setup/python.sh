# Sets $python to a Python 3.11 or newer, or ends with one clear sentence. Read by scripts/run and others.
python=
for candidate in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3 /usr/local/bin/python3; do
    if "$candidate" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "machtigen needs Python 3.11 or newer; install it (Debian 12, Ubuntu 24.04 or later: apt install python3)." >&2
    exit 2
fi
