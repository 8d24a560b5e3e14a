"""The main job, played over HTTP: eight steps, each checked, with an independent OpenID client."""
