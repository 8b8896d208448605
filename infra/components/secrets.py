"""Two vaults: the platform's own secrets, which the application reads, and those of people and carriers, which it also writes."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import keyvault

from infra.components.base import Component, Place
from infra.components.identity import SECRETS_OFFICER, SECRETS_USER, Grant
from infra.components.network import Network, Target

_ROTATED_IN_THE_VAULT = ("jwt-signing-keys",)


class Secrets(Component):
    """`vault` and `people_vault`, with `values` (names and secret outputs) put into the first."""

    def __init__(self, place: Place, net: Network, values: Mapping[str, pulumi.Output[str]]) -> None:
        super().__init__("secrets")
        self._place = place
        self._net = net
        self.vault = self._vault("vault", place.options.names.vault, purge_protection=True)
        # What a person takes back has to be gone, and purge protection would keep it for three months.
        self.people_vault = self._vault("people-vault", place.options.names.people_vault, purge_protection=None)
        self.values = [self.put(name, value) for name, value in values.items()]
        self.reached = [
            *net.reach(Target("vault", self.vault.id, "vault", "vault")),
            *net.reach(Target("people-vault", self.people_vault.id, "vault", "vault")),
        ]
        self.register_outputs({})

    @property
    def grants(self) -> list[Grant]:
        """What the application may do with the vaults."""
        return [
            Grant("reads-secrets", SECRETS_USER, self.vault.id, "Reads the platform's secrets"),
            Grant(
                "keeps-secrets", SECRETS_OFFICER, self.people_vault.id, "Keeps and deletes what people and carriers entrust to it"
            ),
        ]

    def put(self, name: str, value: pulumi.Output[str]) -> keyvault.Secret:
        """Puts a value into the platform's vault. Azure does it, so that the vault's firewall is not in the way."""
        return keyvault.Secret(
            f"secret-{name}",
            secret_name=name,
            vault_name=self.vault.name,
            properties=keyvault.SecretPropertiesArgs(
                value=value,
                content_type="text/plain",
                attributes=keyvault.SecretAttributesArgs(enabled=True),
            ),
            resource_group_name=self._place.group,
            tags=self._place.options.tags,
            opts=self.own(ignoring=["properties.value"] if name in _ROTATED_IN_THE_VAULT else ()),
        )

    def _vault(self, name: str, called: str, *, purge_protection: bool | None) -> keyvault.Vault:
        private, addresses = self._net.private, self._place.options.operator_addresses
        return keyvault.Vault(
            name,
            vault_name=called,
            properties=keyvault.VaultPropertiesArgs(
                sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.STANDARD),
                tenant_id=self._place.tenant,
                enable_rbac_authorization=True,
                enable_soft_delete=True,
                soft_delete_retention_in_days=90 if purge_protection else 7,
                enable_purge_protection=purge_protection,
                enabled_for_deployment=False,
                enabled_for_disk_encryption=False,
                enabled_for_template_deployment=False,
                public_network_access="Disabled" if private else "Enabled",
                network_acls=keyvault.NetworkRuleSetArgs(
                    default_action=keyvault.NetworkRuleAction.DENY,
                    bypass=keyvault.NetworkRuleBypassOptions.AZURE_SERVICES,
                    ip_rules=[] if private else [keyvault.IPRuleArgs(value=address) for address in addresses],
                    virtual_network_rules=[] if private else [keyvault.VirtualNetworkRuleArgs(id=self._net.app_subnet)],
                ),
            ),
            **self._place.located,
            opts=self.own(protect=True),
        )
