"""Life events: taken in, turned into what they change, and delivered to the packages that must know."""
