"""The links a fabric has while it is generated again: those that come out as they were stay as they were."""

from __future__ import annotations

from core.editing.remove import drop_paths
from core.editing.routes import passing
from core.model.change import Edit
from core.model.records import End, Link

_Ends = tuple[End, End]


class OldLinks:
    """Takes the data links of a fabric out of an edit, and puts back those that are made again.

    So cables keep their names, pinned lengths and overrides, and a network generated with the same parameters
    is no change at all.
    """

    def __init__(self, edit: Edit, fabric: str) -> None:
        self._edit, self._fabric = edit, fabric
        self._old = [
            link
            for block in list(edit.blocks_of("links"))
            for link in list(edit.links(block).values())
            if link.fabric == fabric and link.layer == "data"
        ]
        for link in self._old:
            edit.remove("links", link.key)

    def settle(self) -> None:
        """Put back what was made again; remove what hangs on the others."""
        new: dict[str, dict[_Ends, Link]] = {}
        gone = []
        for link in self._old:
            here = new.get(link.block)
            if here is None:
                here = new[link.block] = self._made_in(link.block)
            made = here.pop((link.a, link.b), None) or here.pop((link.b, link.a), None)
            if made is None:
                gone.append(link.key)
            else:
                self._edit.remove("links", made.key)
                self._edit.put("links", link)
        drop_paths(self._edit, passing(self._edit, gone), set(gone))

    def _made_in(self, block: str) -> dict[_Ends, Link]:
        return {
            (link.a, link.b): link
            for link in self._edit.links(block).values()
            if link.fabric == self._fabric and link.layer == "data"
        }
