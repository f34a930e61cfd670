"""Rack blocks of DGX systems, of their compute fabric and of their management."""

from __future__ import annotations

from core.editing.blocks import new_rack_block
from core.model.records import Block
from resources.designs.draft import Draft, unit

THREE_SOURCES = "ABC"
LEAFS, SPINES, PORTS, DOWN = 8, 4, 64, 32


def dgx_rack(draft: Draft, type_id: str, units: list[int], name: str, template: str, note: str) -> Block:
    """Make a rack of DGX systems with three PDUs, two supplies of each system on each."""
    block = new_rack_block(draft.edit, draft.library, "apc-ar3300", name, template=template, note=note)
    pdus = [
        draft.device(block.id, "generic-pdu-415v-60a", None, f"pdu-{source.lower()}", {"inlet": source})
        for source in THREE_SOURCES
    ]
    for number, low in enumerate(units, 1):
        node = draft.device(block.id, type_id, unit(low), f"dgx-{number:02}")
        for pdu in pdus:
            draft.cord(block.id, pdu, node, 2)
    return block


def h100_rack(draft: Draft) -> Block:
    """Four DGX H100: six supplies as 2+2+2, of which four are needed, so that any source may be lost."""
    note = (
        "Four DGX H100, 3 PDUs as in the reference architecture (RA-11333-001, table 7). Supplies 1-2 on A, "
        "3-4 on B, 5-6 on C: four of six remain when any one source is lost. Units are a house layout."
    )
    return dgx_rack(
        draft, "nvidia-dgx-h100", [3, 12, 21, 30], "DGX H100 rack of four", "rack-dgx-h100-x4", note
    )


def b200_rack(draft: Draft) -> Block:
    """Two DGX B200: five of six supplies are needed, so the loss of a source is not covered."""
    note = (
        "Two DGX B200, 3 PDUs as in the reference architecture. Five of six supplies are needed: whichever "
        "way they are corded, the loss of one source leaves fewer. Units are a house layout."
    )
    return dgx_rack(draft, "nvidia-dgx-b200", [3, 15], "DGX B200 rack of two", "rack-dgx-b200-x2", note)


def paired_pdus(draft: Draft, block: str, each: int = 1) -> list[list[str]]:
    """Fit PDUs for sources A and B, `each` on either side; return their ids by pair."""
    ids: dict[str, list[str]] = {"A": [], "B": []}
    for source in "AB":
        for number in range(1, each + 1):
            name = f"pdu-{source.lower()}" + (f"{number}" if each > 1 else "")
            ids[source].append(draft.device(block, "apc-apdu10350sw", None, name, {"inlet": source}).id)
    return [list(pair) for pair in zip(ids["A"], ids["B"], strict=True)]


def cord_pair(draft: Draft, block: str, pair: list[str], device_id: str) -> None:
    """Cord the two supplies of a device to the two PDUs of a pair."""
    devices = draft.edit.devices(block)
    for pdu in pair:
        draft.cord(block, devices[pdu], devices[device_id])


def h100_network_rack(draft: Draft, su: int = 1) -> Block:
    """Eight leafs (one for each rail) and four spines of one scalable unit, eight cables for each pair."""
    note = (
        "8 leafs and 4 spines QM9700, 256 leaf-spine cables: uplink u of every leaf to spine u // 8. Ports "
        "face the hot aisle as those of the DGX systems do: the switch blows from its supplies to its ports."
    )
    block = new_rack_block(
        draft.edit, draft.library, "apc-ar3300", "Compute fabric rack", template="rack-h100-fabric", note=note
    )
    pairs = paired_pdus(draft, block.id, 2)
    names = [f"leaf-{su}-{r + 1:02}" for r in range(LEAFS)] + [
        f"spine-{su}-{t + 1:02}" for t in range(SPINES)
    ]
    ids = []
    for place, name in enumerate(names):
        low = 10 + 2 * place if place < LEAFS else 12 + 2 * place
        switch = draft.device(block.id, "nvidia-qm9700", unit(low, "rear"), name)
        cord_pair(draft, block.id, pairs[place % 2], switch.id)
        ids.append(switch.id)
    leafs, spines = ids[:LEAFS], ids[LEAFS:]
    tokens = draft.edit.ports(draft.edit.devices(block.id)[leafs[0]]).tokens(role="")
    tokens = [token for token in tokens if token.startswith("osfp")]
    links = (PORTS - DOWN) // SPINES
    for index, leaf in enumerate(leafs):
        for t, spine in enumerate(spines):
            up = tokens[DOWN + t * links : DOWN + (t + 1) * links]
            draft.cable(block.id, leaf, up, spine, tokens[index * links : (index + 1) * links], "compute")
    return block


def management_rack(draft: Draft) -> Block:
    """Two in-band switches, two out-of-band switches, two UFM appliances, four management servers."""
    note = (
        "2 SN4600C, 2 SN2201, 2 UFM appliances, 4 management servers. In-band adapters of the servers and "
        "uplinks to the site network are by others. Units are a house layout."
    )
    block = new_rack_block(
        draft.edit, draft.library, "apc-ar3300", "Management rack", template="rack-management", note=note
    )
    pair = paired_pdus(draft, block.id)[0]
    plan = [
        *(("supermicro-as-1125hs-tnr", 10 + 2 * k, "front", f"mgmt-{k + 1:02}") for k in range(4)),
        *(("nvidia-ufm-appliance", 20 + 2 * k, "front", f"ufm-{k + 1:02}") for k in range(2)),
        *(("nvidia-sn2201", 26 + 2 * k, "rear", f"oob-{k + 1:02}") for k in range(2)),
        *(("nvidia-sn4600c", 32 + 3 * k, "rear", f"inband-{k + 1:02}") for k in range(2)),
    ]
    ids = {}
    for type_id, low, face, name in plan:
        device = draft.device(block.id, type_id, unit(low, "rear" if face == "rear" else "front"), name)
        cord_pair(draft, block.id, pair, device.id)
        ids[name] = device.id
    for k in (1, 2):
        core = ids[f"inband-{k:02}"]
        for other in (1, 2):
            draft.cable(
                block.id, ids[f"oob-{other:02}"], [f"qsfp28-{k}"], core, [f"qsfp28-{65 - other}"], "oob"
            )
    bmcs = [name for name in ids if name.startswith(("mgmt", "ufm"))]
    for port, name in enumerate(bmcs, 21):
        draft.cable(block.id, ids[name], ["bmc"], ids["oob-02"], [f"rj45-{port}"], "oob")
    for port, name in enumerate(("inband-01", "inband-02"), 31):
        draft.cable(block.id, ids[name], ["mgmt"], ids["oob-02"], [f"rj45-{port}"], "oob")
    draft.cable(
        block.id, ids["inband-01"], ["qsfp28-61", "qsfp28-62"], ids["inband-02"], ["qsfp28-61", "qsfp28-62"],
        "inband",
    )  # fmt: skip
    return block
