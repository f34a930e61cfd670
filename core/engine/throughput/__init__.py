"""How much traffic a network carries: patterns of demand, routings, bounds and the optimum.

Throughput t is the largest factor at which a demand fits the links, one way each (maximum concurrent flow).
Demands are made such that t = 1 means every host port sends at its full rate. What happens between a host
and its switch is not part of it: t above 1 says that switches could carry more than hosts can send.
"""
