"""The accelerators a workload runs on: what they compute, hold and move, as drawn."""

from __future__ import annotations

from dataclasses import dataclass

from core.engine.collectives import Hierarchy


@dataclass(frozen=True)
class Cluster:
    """Accelerators of one kind that a fabric joins.

    Attributes
    ----------
    name : str
        Type of the accelerator, as the catalogue names it.
    count : int
    node : int
        Accelerators of one host.
    hierarchy : Hierarchy
        Scale-up domain and rate, network rate of one accelerator, oversubscription.
    network_share : float
        Share of the network rate that traffic between all domains gets by the switches' routing (ECMP), as
        the fabric stage measured it; 1 where it was not measured.
    tflops : dict of str to float
        Dense peak by precision (`bf16`, `fp8`, `fp4`) [TFLOPS]; only those that are known.
    memory_gb, memory_tb_s : float
        [GB] of 1e9 bytes; [TB/s] of 1e12.
    tdp_w : float
        Design power of one accelerator.
    host_w : float
        Power of the host for each accelerator, beyond the accelerator [W].
    unknown : tuple of str
        What had to be taken for granted.
    """

    name: str
    count: int
    node: int
    hierarchy: Hierarchy
    tflops: dict[str, float]
    memory_gb: float
    memory_tb_s: float
    tdp_w: float
    host_w: float = 0.0
    network_share: float = 1.0
    unknown: tuple[str, ...] = ()

    @property
    def nodes(self) -> int:
        """Hosts, the last one perhaps not full."""
        return -(-self.count // self.node)

    @property
    def nic_gb_s(self) -> float:
        """Network rate of one accelerator, one way, as far as the fabric lets it [GB/s]."""
        return self.hierarchy.nic_gb_s * self.network_share / self.hierarchy.oversubscription
