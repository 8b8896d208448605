"""The virtual network that the application calls out of. It costs nothing; private endpoints in it do."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network, privatedns

from infra.components.base import Component, Place

ZONES = {
    "postgres": "privatelink.postgres.database.azure.com",
    "vault": "privatelink.vaultcore.azure.net",
    "blob": "privatelink.blob.core.windows.net",
    "redis": "privatelink.redis.azure.net",
}
"""Private DNS zones by what they name."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a private endpoint leads to: `group` is the part of the resource, `zone` a key of `ZONES`."""

    name: str
    resource: pulumi.Input[str]
    group: str
    zone: str


class Network(Component):
    """Subnet `app` for the sites; with `network: private` also subnet `endpoints` and the private DNS zones.

    With `network: public` the app's subnet has service endpoints, so that vaults and storage can know it and refuse the rest.
    """

    def __init__(self, place: Place) -> None:
        super().__init__("network")
        self._place = place
        self.private = place.options.network == "private"
        group = self._rules()
        self._network = network.VirtualNetwork(
            "network",
            virtual_network_name=place.options.names.of("vnet"),
            address_space=network.AddressSpaceArgs(address_prefixes=["10.40.0.0/24"]),
            **place.located,
            opts=self.own(ignoring=["subnets"]),
        )
        services = () if self.private else ("Microsoft.Storage", "Microsoft.KeyVault")
        app = network.Subnet(
            "app-subnet",
            subnet_name="app",
            address_prefix="10.40.0.0/26",
            delegations=[network.DelegationArgs(name="sites", service_name="Microsoft.Web/serverFarms")],
            service_endpoints=[network.ServiceEndpointPropertiesFormatArgs(service=service) for service in services],
            network_security_group=network.NetworkSecurityGroupArgs(id=group.id),
            resource_group_name=place.group,
            virtual_network_name=self._network.name,
            opts=self.own(),
        )
        self.app_subnet = app.id
        self._endpoints: network.Subnet | None = None
        self._zones: dict[str, tuple[privatedns.PrivateZone, privatedns.VirtualNetworkLink]] = {}
        if self.private:
            self._endpoints = network.Subnet(
                "endpoints-subnet",
                subnet_name="endpoints",
                address_prefix="10.40.0.64/26",
                network_security_group=network.NetworkSecurityGroupArgs(id=group.id),
                private_endpoint_network_policies=network.VirtualNetworkPrivateEndpointNetworkPolicies.ENABLED,
                resource_group_name=place.group,
                virtual_network_name=self._network.name,
                opts=self.own(after=[app]),  # two changes of one network at a time are refused
            )
        self.register_outputs({})

    def _rules(self) -> network.NetworkSecurityGroup:
        """Nothing comes into the subnets from outside."""
        return network.NetworkSecurityGroup(
            "subnet-rules",
            network_security_group_name=self._place.options.names.of("nsg"),
            security_rules=[
                network.SecurityRuleArgs(
                    name="nothing-comes-in",
                    priority=4096,
                    direction=network.SecurityRuleDirection.INBOUND,
                    access=network.SecurityRuleAccess.DENY,
                    protocol=network.SecurityRuleProtocol.ASTERISK,
                    source_address_prefix="Internet",
                    source_port_range="*",
                    destination_address_prefix="*",
                    destination_port_range="*",
                )
            ],
            **self._place.located,
            opts=self.own(),
        )

    def reach(self, target: Target, after: list[pulumi.Resource] | None = None) -> list[pulumi.Resource]:
        """Makes a private endpoint and its name, with `network: private`; returns what a caller of the target waits for."""
        if self._endpoints is None:
            return []
        zone, link = self._zone(target.zone)
        endpoint = network.PrivateEndpoint(
            f"{target.name}-endpoint",
            private_endpoint_name=self._place.options.names.of(f"pe-{target.name}"),
            subnet=network.SubnetArgs(id=self._endpoints.id),
            private_link_service_connections=[
                network.PrivateLinkServiceConnectionArgs(
                    name=target.name, private_link_service_id=target.resource, group_ids=[target.group]
                )
            ],
            **self._place.located,
            opts=self.own(after=after or ()),
        )
        names = network.PrivateDnsZoneGroup(
            f"{target.name}-name",
            private_dns_zone_group_name="default",
            private_endpoint_name=endpoint.name,
            private_dns_zone_configs=[network.PrivateDnsZoneConfigArgs(name=target.zone, private_dns_zone_id=zone.id)],
            resource_group_name=self._place.group,
            opts=self.own(after=[link]),
        )
        return [names]

    def _zone(self, name: str) -> tuple[privatedns.PrivateZone, privatedns.VirtualNetworkLink]:
        """One zone for all endpoints of its kind, linked to the network."""
        if name not in self._zones:
            zone = privatedns.PrivateZone(
                f"{name}-zone",
                private_zone_name=ZONES[name],
                location="global",
                resource_group_name=self._place.group,
                tags=self._place.options.tags,
                opts=self.own(),
            )
            link = privatedns.VirtualNetworkLink(
                f"{name}-zone-link",
                virtual_network_link_name=self._place.options.names.of("vnet"),
                private_zone_name=zone.name,
                location="global",
                registration_enabled=False,
                virtual_network=privatedns.SubResourceArgs(id=self._network.id),
                resource_group_name=self._place.group,
                tags=self._place.options.tags,
                opts=self.own(),
            )
            self._zones[name] = (zone, link)
        return self._zones[name]
