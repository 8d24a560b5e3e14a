"""Access: the decision about one read, and the read itself: logged before anything is released."""
