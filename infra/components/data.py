"""Where data are kept: PostgreSQL 16 with its database, and the storage account with the private container `uploads`."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_azure_native import dbforpostgresql as postgres
from pulumi_azure_native import storage

from infra.components.base import Chain, Component, Place
from infra.components.identity import BLOB_DATA_CONTRIBUTOR, BLOB_DELEGATOR, Grant
from infra.components.network import Network, Target

DATABASE = "dot_copilot"
CONTAINER = "uploads"
ADMINISTRATOR = "dot_administrator"
_VERSION = "16"
_SETTINGS = {
    "require_secure_transport": "on",
    "ssl_min_protocol_version": "TLSv1.2",
    "log_checkpoints": "on",
    "log_connections": "on",
    "connection_throttle.enable": "on",
}


class Data(Component):
    """`server` and `account`, both protected. `chain` is where further changes of the server queue up."""

    def __init__(self, place: Place, net: Network, password: pulumi.Output[str]) -> None:
        super().__init__("data")
        self._place = place
        self._net = net
        self.server = self._server(password)
        self.chain = Chain(self.server)
        self._database()
        self.account = self._account()
        self.container = self._container()
        self.reached = [
            *net.reach(Target("postgres", self.server.id, "postgresqlServer", "postgres"), self.chain.after),
            *net.reach(Target("blob", self.account.id, "blob", "blob")),
        ]
        self.register_outputs({})

    @property
    def grants(self) -> list[Grant]:
        """What the application may do with the storage account: its own container, and links to what is in it."""
        return [
            Grant("keeps-blobs", BLOB_DATA_CONTRIBUTOR, self.container.id, "Keeps uploaded documents in this container"),
            Grant("makes-links", BLOB_DELEGATOR, self.account.id, "Signs short-lived links without the account's key"),
        ]

    def open_door(self, name: str, address: pulumi.Input[str]) -> postgres.FirewallRule:
        """Lets one IPv4 address through the server's firewall."""
        return self.chain.add(
            postgres.FirewallRule(
                f"door-{name}",
                firewall_rule_name=name,
                start_ip_address=address,
                end_ip_address=address,
                server_name=self.server.name,
                resource_group_name=self._place.group,
                opts=self.own(after=self.chain.after),
            )
        )

    def _server(self, password: pulumi.Output[str]) -> postgres.Server:
        tier = self._place.options.tier
        enabled = {True: "Enabled", False: "Disabled"}
        return postgres.Server(
            "postgres",
            server_name=self._place.options.names.server,
            version=_VERSION,
            create_mode=postgres.CreateMode.DEFAULT,
            sku=postgres.SkuArgs(name=tier.postgres_sku, tier=tier.postgres_tier),
            storage=postgres.StorageArgs(storage_size_gb=tier.postgres_gb, auto_grow=postgres.StorageAutoGrow.ENABLED),
            backup=postgres.BackupArgs(backup_retention_days=tier.backup_days, geo_redundant_backup=enabled[tier.geo_redundant]),
            high_availability=postgres.HighAvailabilityArgs(mode=tier.high_availability),
            network=postgres.NetworkArgs(public_network_access=enabled[not self._net.private]),
            auth_config=postgres.AuthConfigArgs(
                active_directory_auth="Enabled",
                password_auth="Enabled",  # noqa: S106 - a switch
                tenant_id=self._place.tenant,
            ),
            administrator_login=ADMINISTRATOR,
            administrator_login_password=password,
            **self._place.located,
            # After a failover the zones have changed places, and that is how it should stay.
            opts=self.own(protect=True, ignoring=["availabilityZone", "highAvailability.standbyAvailabilityZone"]),
        )

    def _database(self) -> None:
        common: dict[str, Any] = {"server_name": self.server.name, "resource_group_name": self._place.group}
        self.chain.add(
            postgres.Database(
                "database",
                database_name=DATABASE,
                charset="UTF8",
                collation="en_US.utf8",
                **common,
                opts=self.own(protect=True, after=self.chain.after),
            )
        )
        for name, value in _SETTINGS.items():
            self.chain.add(
                postgres.Configuration(
                    f"postgres-{name.replace('_', '-').replace('.', '-')}",
                    configuration_name=name,
                    value=value,
                    source="user-override",
                    **common,
                    opts=self.own(after=self.chain.after),
                )
            )
        self.chain.add(
            postgres.Administrator(
                "postgres-administrators",
                object_id=str(self._place.options.database_administrators),
                principal_name=self._place.options.administrators_name,
                principal_type=postgres.PrincipalType.GROUP,
                tenant_id=self._place.tenant,
                **common,
                opts=self.own(after=self.chain.after),
            )
        )
        if not self._net.private:
            for number, address in enumerate(self._place.options.operator_addresses):
                self.open_door(f"operator-{number}", address)

    def _account(self) -> storage.StorageAccount:
        private, addresses = self._net.private, self._place.options.operator_addresses
        return storage.StorageAccount(
            "storage",
            account_name=self._place.options.names.storage,
            kind=storage.Kind.STORAGE_V2,
            sku=storage.SkuArgs(name=self._place.options.tier.storage_sku),
            access_tier=storage.AccessTier.HOT,
            minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
            enable_https_traffic_only=True,
            allow_blob_public_access=False,
            allow_shared_key_access=False,
            allow_cross_tenant_replication=False,
            default_to_o_auth_authentication=True,
            is_local_user_enabled=False,
            encryption=storage.EncryptionArgs(
                key_source=storage.KeySource.MICROSOFT_STORAGE,
                require_infrastructure_encryption=True,
                services=storage.EncryptionServicesArgs(blob=storage.EncryptionServiceArgs(enabled=True)),
            ),
            sas_policy=storage.SasPolicyArgs(expiration_action="Log", sas_expiration_period="0.01:00:00"),
            public_network_access=storage.PublicNetworkAccess.DISABLED if private else storage.PublicNetworkAccess.ENABLED,
            network_rule_set=storage.NetworkRuleSetArgs(
                default_action=storage.DefaultAction.DENY,
                bypass=storage.Bypass.AZURE_SERVICES,
                ip_rules=[] if private else [storage.IPRuleArgs(i_p_address_or_range=address) for address in addresses],
                virtual_network_rules=(
                    [] if private else [storage.VirtualNetworkRuleArgs(virtual_network_resource_id=self._net.app_subnet)]
                ),
            ),
            **self._place.located,
            opts=self.own(protect=True),
        )

    def _container(self) -> storage.BlobContainer:
        common: dict[str, Any] = {"account_name": self.account.name, "resource_group_name": self._place.group}
        kept = storage.DeleteRetentionPolicyArgs(enabled=True, days=self._place.options.tier.backup_days)
        properties = storage.BlobServiceProperties(
            "blobs",
            blob_services_name="default",
            is_versioning_enabled=True,
            delete_retention_policy=kept,
            container_delete_retention_policy=kept,
            **common,
            opts=self.own(),
        )
        storage.ManagementPolicy(
            "old-versions",
            management_policy_name="default",
            policy=storage.ManagementPolicySchemaArgs(rules=[self._forgetting()]),
            **common,
            opts=self.own(after=[properties]),
        )
        return storage.BlobContainer(
            "uploads",
            container_name=CONTAINER,
            public_access=storage.PublicAccess.NONE,
            **common,
            opts=self.own(protect=True, after=[properties]),
        )

    def _forgetting(self) -> storage.ManagementPolicyRuleArgs:
        """Versions that were replaced go as soon as backups of their time have gone."""
        days = storage.DateAfterCreationArgs(days_after_creation_greater_than=self._place.options.tier.backup_days)
        return storage.ManagementPolicyRuleArgs(
            name="replaced-versions",
            enabled=True,
            type=storage.RuleType.LIFECYCLE,
            definition=storage.ManagementPolicyDefinitionArgs(
                actions=storage.ManagementPolicyActionArgs(version=storage.ManagementPolicyVersionArgs(delete=days)),
                filters=storage.ManagementPolicyFilterArgs(blob_types=["blockBlob"]),
            ),
        )
