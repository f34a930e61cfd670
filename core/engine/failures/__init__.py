"""What a network loses when parts of it fail: single failures, failures at random, any set at once.

A failure takes devices and links out of a topology. Counted are the hosts it cuts off and those that lose
ports; measured is what the network carries of before for the rest, over shortest ways
(`core.engine.throughput`).
"""
