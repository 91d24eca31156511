"""The four roles, the permission keys and which role holds what by default (ACC-20…26, OQ-3)."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The four roles (ACC-20), from the one that may do most to the one that may do least."""

    OWNER = "owner"
    ADMIN = "admin"
    ACCOUNTANT = "accountant"
    BUILDER = "builder"

    @property
    def label(self) -> str:
        """The role as it is written on pages."""
        return self.value.capitalize()

    @property
    def below(self) -> tuple[Role, ...]:
        """The roles that a holder of `manage_team` in this role may give, take and configure (ACC-24)."""
        roles = list(Role)
        return tuple(roles[roles.index(self) + 1 :])


class Permission(StrEnum):
    """What a view can ask for; the keys of OQ-3."""

    MANAGE_INTEGRATIONS = "manage_integrations"
    SYNC_ITEMS = "sync_items"
    IMPORT_ITEMS = "import_items"
    EXPORT = "export"
    MANAGE_EXPORT_SETTINGS = "manage_export_settings"
    VIEW_INVENTORY = "view_inventory"
    MANAGE_PRODUCTS = "manage_products"
    ADJUST_STOCK = "adjust_stock"
    MANAGE_BOMS = "manage_boms"
    PLAN_BUILDS = "plan_builds"
    EXECUTE_BUILDS = "execute_builds"
    APPROVE_BUILDS = "approve_builds"
    MANAGE_RECEIVING = "manage_receiving"
    VIEW_SALES = "view_sales"
    MANAGE_SALES = "manage_sales"
    VIEW_DASHBOARD = "view_dashboard"
    MANAGE_TEAM = "manage_team"
    MANAGE_FEATURES = "manage_features"
    MANAGE_BILLING = "manage_billing"


EVERYTHING = frozenset(Permission)

# OQ-3: the Accountant views all and does the integration and financial work, without team and QA approval;
# the Builder views inventory and dashboard and does production work, without any export.
DEFAULTS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: EVERYTHING,
    Role.ADMIN: EVERYTHING,
    Role.ACCOUNTANT: frozenset(
        {
            Permission.MANAGE_INTEGRATIONS,
            Permission.SYNC_ITEMS,
            Permission.IMPORT_ITEMS,
            Permission.EXPORT,
            Permission.MANAGE_EXPORT_SETTINGS,
            Permission.VIEW_INVENTORY,
            Permission.VIEW_SALES,
            Permission.MANAGE_SALES,
            Permission.VIEW_DASHBOARD,
        }
    ),
    Role.BUILDER: frozenset(
        {
            Permission.VIEW_INVENTORY,
            Permission.VIEW_DASHBOARD,
            Permission.MANAGE_BOMS,
            Permission.PLAN_BUILDS,
            Permission.EXECUTE_BUILDS,
        }
    ),
}


# The permissions page, in groups, as people say it. A self-hosted installation has no bills, so that
# `manage_billing` has nothing to open and is not shown.
GROUPS: dict[str, dict[Permission, str]] = {
    "Books": {
        Permission.MANAGE_INTEGRATIONS: "Connect, reconnect and disconnect accounting systems",
        Permission.SYNC_ITEMS: "Sync items from the accounting system",
        Permission.IMPORT_ITEMS: "Import items as products, hide and show them",
        Permission.EXPORT: "Send exports to the accounting system",
        Permission.MANAGE_EXPORT_SETTINGS: "Choose the accounts that exports post to",
    },
    "Stock": {
        Permission.VIEW_DASHBOARD: "See the dashboard",
        Permission.VIEW_INVENTORY: "See products, items and stock",
        Permission.MANAGE_PRODUCTS: "Create, edit and deactivate products",
        Permission.ADJUST_STOCK: "Adjust stock by hand",
        Permission.MANAGE_RECEIVING: "Record and confirm receipts, manage suppliers",
    },
    "Production": {
        Permission.MANAGE_BOMS: "Create and edit BOMs",
        Permission.PLAN_BUILDS: "Plan builds",
        Permission.EXECUTE_BUILDS: "Execute builds",
        Permission.APPROVE_BUILDS: "Approve or reject builds in QA review",
    },
    "Sales": {
        Permission.VIEW_SALES: "See sales and margins",
        Permission.MANAGE_SALES: "Sync sales, enter and void them",
    },
    "Workspace": {
        Permission.MANAGE_TEAM: "Manage members, invitations and permissions, read the audit log",
        Permission.MANAGE_FEATURES: "Change business settings and features",
    },
}
SHOWN = tuple(permission for group in GROUPS.values() for permission in group)


def effective(role: Role, overrides: dict[Permission, bool]) -> frozenset[Permission]:
    """What `role` holds: its defaults with the workspace's changes; the Owner everything, always (ACC-22)."""
    if role is Role.OWNER:
        return EVERYTHING
    granted = {permission for permission, yes in overrides.items() if yes}
    withdrawn = overrides.keys() - granted
    return frozenset((DEFAULTS[role] | granted) - withdrawn)
