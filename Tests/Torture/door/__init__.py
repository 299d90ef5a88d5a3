"""What the tests of the queue's door share: the protocol, the server's process, a model, a load, and its checker."""
