"""The control loops, driven by changes of the store and by timers; none polls."""
