"""The guard against the network, for the test process and for the processes that tests start."""
