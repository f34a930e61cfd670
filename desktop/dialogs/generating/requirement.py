"""The left of the window: what is to be wired, with what, and how it is placed."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from core.catalogue.library import Library
from core.editing.laying.hosts import Host, hosts_of, need_of, units_of
from core.editing.laying.request import request_of
from core.editing.laying.row_places import POLICIES
from core.errors import CagenutError, EditError
from core.explore.candidates import need_of_hosts
from core.fabrics.family import Need
from core.model.fields import fields_of
from core.model.records import FabricRole
from core.model.types import DeviceType, RackType
from desktop.dialogs.generating.asked import Asked
from desktop.dialogs.generating.boxes import disable, named_box, show_row
from desktop.dialogs.generating.offered import scale_up_types, switch_types
from desktop.dialogs.generating.served import commonest_type, hosts_of_template, modules_of, standing_types
from desktop.dialogs.generating.switches import SwitchChoice
from desktop.dialogs.generating.trial import why_no_new_hall
from desktop.dialogs.generating.wanted import Wanted
from desktop.document import Document
from desktop.panels.form import Form, Shift, WrongValueError
from desktop.widgets import column, label, sentence

ALL, SELECTED, NEW = "all", "selected", "new"
ROLES: tuple[FabricRole, ...] = ("compute", "storage", "in-band", "out-of-band", "scale-up")
NAMES = {"in-band": "In-band", "out-of-band": "Out-of-band", "scale-up": "Scale-up"}
RACKS_PER_UNIT = 8
"""Racks of trays in a unit to begin with, as in the NVIDIA reference architecture for GB200."""
_TEMPLATE = "template "


class RequirementPanel(QWidget):
    """States a requirement; `asked` reads it."""

    changed = Signal()

    def __init__(self, document: Document, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._library = document, library
        self._values: dict[str, Any] = msgspec.structs.asdict(Wanted())
        self._paths: tuple[str, ...] = document.selection.paths
        self._hosts: list[Host] = []
        self._problem = ""
        self._name_given = False
        self._listed: tuple[Any, ...] = ()
        self._make_boxes()
        self.facts = label(role="small", wrap=True)
        self.problem = label(role="error", wrap=True)
        self.form = Form()
        self._lay_out()
        self.form.edited.connect(self._edited)
        self._fill()

    # What it states.

    def asked(self) -> Asked:
        """Return the requirement.

        Raises
        ------
        EditError
            If it cannot be read, with why.
        """
        if self._problem:
            raise EditError(self._problem)
        need = self._need()
        switches = self.switches.chosen
        if not switches:
            raise EditError("no switch type is chosen", cure="Check one or more in the list")
        is_new = self.source == NEW
        template = str(self.host.currentData() or "")
        return Asked(
            need=need,
            switches=switches,
            host=self._host_type(),
            modules=self._modules(),
            is_new=is_new,
            paths=self._paths if self.source == SELECTED else (),
            fabric="" if is_new else str(self.fabric.currentData() or ""),
            name=self.name.text().strip() or self._usual_name(),
            role=self.role_now,
            policy=self.policy.currentData(),
            seed=int(self._values["seed"]),
            host_rack=template.removeprefix(_TEMPLATE) if is_new and template.startswith(_TEMPLATE) else "",
            rack=str(self.rack.currentData() or ""),
            hosts_per_rack=int(self._values["hosts_per_rack"]),
        )

    @property
    def source(self) -> str:
        return str(self.hosts.currentData())

    @property
    def role_now(self) -> FabricRole:
        role: FabricRole = self.role.currentData()
        return role

    def begin_again(self, fabric: str) -> None:
        """Ask for a fabric that stands: its role, name, policy and seed; whatever its hosts are now."""
        record = self._document.project.fabrics[fabric]
        self.hosts.setCurrentIndex(self.hosts.findData(ALL))
        self.role.setCurrentIndex(max(self.role.findData(record.role), 0))
        self._list_fabrics()
        self.fabric.setCurrentIndex(self.fabric.findData(fabric))
        self._fabric_chosen()

    def read_again(self) -> None:
        """Read the design anew after it was edited."""
        self._list_fabrics(keep=True)
        self._read_hosts(keep=True)
        self.changed.emit()

    # Putting together.

    def _make_boxes(self) -> None:
        self.hosts, self.host, self.rack = named_box("Hosts"), named_box("Host type"), named_box("Rack type")
        self.fabric, self.role, self.policy = named_box("Fabric"), named_box("Role"), named_box("Placing")
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the fabric")
        self.name.setMaxLength(128)
        self.switches = SwitchChoice()
        self.hosts.activated.connect(lambda _: self._source_chosen())
        self.host.activated.connect(lambda _: self._host_chosen())
        self.role.activated.connect(lambda _: self._role_chosen())
        self.fabric.activated.connect(lambda _: self._fabric_chosen())
        for box in (self.rack, self.policy):
            box.activated.connect(lambda _: self.changed.emit())
        self.name.editingFinished.connect(self._named)
        self.switches.changed.connect(self.changed)

    def _lay_out(self) -> None:
        fields = fields_of(Wanted)
        form = self.form
        form.add_heading("WHAT IS WIRED")
        form.add_row("Hosts", self.hosts)
        form.add_row("", self.facts)
        form.add(fields["hosts"])
        form.add_row("Host type", self.host)
        form.add(fields["gpus"])
        form.add(fields["hosts_per_rack"])
        form.add_row("Racks", self.rack)
        form.add_heading("NETWORK")
        form.add_row("Role", self.role)
        form.add_row("Fabric", self.fabric)
        form.add_row("Name", self.name)
        for name in ("nics_per_host", "nic_gbps", "hosts_per_unit", "oversubscription"):
            form.add(fields[name])
        form.add_heading("SWITCH TYPES TO TRY")
        self.placing = Form()
        self.placing.add_heading("PLACING")
        self.placing.add_row("Switches", self.policy)
        self.placing.add(fields["seed"])
        self.placing.edited.connect(self._edited)
        self.setLayout(column(self.problem, form, self.switches, self.placing, None, gap=6))

    def _fill(self) -> None:
        project = self._document.project
        stands = any(project.every("devices"))
        reason = why_no_new_hall(project)
        for words, data in (
            ("All that stand here", ALL),
            (f"What is selected ({len(self._paths):,})", SELECTED),
            ("A new hall, from nothing", NEW),
        ):
            self.hosts.addItem(words, data)
        disable(self.hosts, ALL, "" if stands else "nothing stands here yet")
        disable(self.hosts, SELECTED, "" if self._paths else "nothing is selected")
        disable(self.hosts, NEW, reason)
        self.hosts.setCurrentIndex(self.hosts.findData(SELECTED if self._selected_hosts() else ALL))
        if not reason:
            self.hosts.setCurrentIndex(self.hosts.findData(NEW))
        for role in ROLES:
            self.role.addItem(NAMES.get(role, role.capitalize()), role)
        for policy in POLICIES:
            self.policy.addItem(policy.capitalize(), policy)
        self.policy.setCurrentIndex(self.policy.findData("network racks"))
        self.rack.addItem("As usual", "")
        for spec in sorted((s for s in self._library if isinstance(s, RackType)), key=lambda s: s.name):
            self.rack.addItem(f"{spec.maker} {spec.name}".strip(), spec.id)
        self._list_fabrics()
        self._source_chosen()
        self._fabric_chosen()

    def _selected_hosts(self) -> bool:
        """Whether hosts are selected: then these are meant."""
        if not self._paths:
            return False
        try:
            return len(hosts_of(self._document.project, self._document.top, "compute", self._paths)) > 1
        except CagenutError:
            return False

    def _list_fabrics(self, *, keep: bool = False) -> None:
        """List the fabrics of the role: one that stands can be replaced."""
        kept = self.fabric.currentData() if keep else None
        self.fabric.clear()
        self.fabric.addItem("A new one", "")
        for record in self._document.project.fabrics.values():
            if record.role == self.role_now:
                self.fabric.addItem(f"In place of {record.name}", record.id)
        self.fabric.setCurrentIndex(max(self.fabric.findData(kept), 0) if kept else 0)

    def _list_host_types(self) -> None:
        if self.host.count():
            return
        from desktop.templates import templates

        found = []
        for spec in self._library:
            is_host = isinstance(spec, DeviceType) and spec.kind == "server" and spec.accelerators
            if is_host and any(group.role == "scale-out" for group in spec.ports):
                found.append((f"{spec.maker} {spec.name}".strip(), spec.id))
        for words, type_id in sorted(found):
            self.host.addItem(words, type_id)
        for offered in templates():
            if offered.name.startswith("rack-nvl72"):
                self.host.addItem(f"Rack: {offered.title}", f"{_TEMPLATE}{offered.name}")
        self.host.setCurrentIndex(max(self.host.findData("nvidia-dgx-h100"), 0))

    # What is done in it.

    def _source_chosen(self) -> None:
        is_new = self.source == NEW
        if is_new:
            self._list_host_types()
            self.role.setCurrentIndex(self.role.findData("compute"))
        for widget in (self.host, self.form.editors["gpus"], self.form.editors["hosts_per_rack"], self.rack):
            show_row(self.form, widget, is_new)
        for widget in (self.fabric, self.form.editors["hosts"]):
            show_row(self.form, widget, not is_new)
        self.role.setEnabled(not is_new)
        self.role.setToolTip("A new hall begins with its compute network" if is_new else "")
        self.policy.setEnabled(not is_new)
        self.policy.setToolTip("A new hall has network racks in each unit" if is_new else "")
        self._read_hosts()
        self.changed.emit()

    def _host_chosen(self) -> None:
        self._read_hosts()
        self.changed.emit()

    def _role_chosen(self) -> None:
        self._name_given = False
        self._list_fabrics()
        self._fabric_chosen()

    def _fabric_chosen(self) -> None:
        record = self._document.project.fabrics.get(str(self.fabric.currentData() or ""))
        if record is not None:
            self.name.setText(record.name)
            request = request_of(self._document.project, record.id)
            if request is not None:
                self.policy.setCurrentIndex(self.policy.findData(request.policy))
                self._values["seed"] = request.seed
        self._name_given = record is not None
        self._read_hosts()
        self.changed.emit()

    def _named(self) -> None:
        self._name_given = bool(self.name.text().strip())
        self.changed.emit()

    def _edited(self, name: str, value: Any) -> None:
        form = self.placing if name == "seed" else self.form
        if isinstance(value, Shift):
            try:
                value = value.of(form.editors[name].field, self._values[name])
            except WrongValueError as error:
                form.editors[name].refuse(str(error))
                return
            form.editors[name].show_value(value)
        self._values[name] = value
        if name in ("gpus", "hosts"):
            self._tell()
        elif name == "nic_gbps":
            self._list_switches()
        self.changed.emit()

    # What stands, and what follows from it.

    def _read_hosts(self, *, keep: bool = False) -> None:
        """Fill in what the hosts say of themselves."""
        self._problem, self._hosts = "", []
        try:
            if self.source == NEW:
                need = self._new_need()
            else:
                within = self._paths if self.source == SELECTED else ()
                self._hosts = hosts_of(self._document.project, self._document.top, self.role_now, within)
                need = need_of(self._hosts)
        except CagenutError as error:
            self._problem = str(error)
        else:
            if not keep:
                for name in ("hosts", "nics_per_host", "nic_gbps", "hosts_per_unit"):
                    self._values[name] = getattr(need, name)
                if self.source == NEW:
                    self._values["hosts_per_unit"] = self._usual_unit()  # however few GPUs are asked for yet
        if not self._name_given:
            self.name.setText(self._usual_name())
        self.form.show_values(self._values)
        self.placing.show_values(self._values)
        self._list_switches()
        self._tell()

    def _new_need(self) -> Need:
        return need_of_hosts(self._library, self._host_type(), int(self._values["gpus"]))

    def _usual_unit(self) -> int:
        """Return how many hosts a unit of a new hall has to begin with."""
        chosen = str(self.host.currentData() or "")
        if chosen.startswith(_TEMPLATE):
            return RACKS_PER_UNIT * hosts_of_template(chosen.removeprefix(_TEMPLATE))[1]
        return Wanted().hosts_per_unit

    def _need(self) -> Need:
        need = self._new_need() if self.source == NEW else need_of(self._hosts)
        v = self._values
        hosts = need.hosts if self.source == NEW else int(v["hosts"])
        return replace(
            need,
            hosts=hosts,
            nics_per_host=int(v["nics_per_host"]),
            nic_gbps=float(v["nic_gbps"]),
            hosts_per_unit=min(int(v["hosts_per_unit"]), hosts),
            oversubscription=float(v["oversubscription"]),
        )

    def _host_type(self) -> str:
        if self.source != NEW:
            return commonest_type(self._hosts)
        chosen = str(self.host.currentData() or "")
        return (
            hosts_of_template(chosen.removeprefix(_TEMPLATE))[0] if chosen.startswith(_TEMPLATE) else chosen
        )

    def _modules(self) -> tuple[tuple[str, str], ...] | None:
        """Return the modules of the commonest hosts; None for hosts as they are shipped."""
        if self.source == NEW:
            return None
        return modules_of(self._hosts, self._host_type())

    def _usual_name(self) -> str:
        usual = NAMES.get(self.role_now, self.role_now.capitalize())
        taken = {record.name for record in self._document.project.fabrics.values()}
        free = (name for n in count(1) if (name := usual if n == 1 else f"{usual} {n}") not in taken)
        return next(free)

    def _tell(self) -> None:
        words = ""
        if not self._problem:
            try:
                need = self._need()
            except CagenutError as error:
                self._problem = str(error)
            else:
                words = f"{need.hosts:,} hosts with {need.gpus:,} GPUs"
                units = len(units_of(self._hosts)) if self._hosts else -(-need.hosts // need.hosts_per_unit)
                words += f" in {units:,} {'unit' if units == 1 else 'units'}"
        self.facts.setText(words)
        self.problem.setText(sentence(self._problem))
        self.facts.setVisible(not self._problem)
        self.problem.setVisible(bool(self._problem))

    def _list_switches(self) -> None:
        """Offer the types that run the rate; those that the fabric has are checked."""
        rate = float(self._values["nic_gbps"])
        asked = (rate, self.role_now, self.fabric.currentData(), self.source)
        if asked == self._listed:
            return
        self._listed = asked
        is_up = self.role_now == "scale-up"
        library, project = self._library, self._document.project
        found = list(scale_up_types(library) if is_up else switch_types(library, project, rate))
        self.switches.offer(found, rate, self._standing_types())

    def _standing_types(self) -> set[str]:
        """Return the switch types that the fabric in question, or one of its role, is made of."""
        return standing_types(self._document.project, self.role_now, str(self.fabric.currentData() or ""))
