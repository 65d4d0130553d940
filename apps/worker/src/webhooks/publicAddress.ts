import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/** What is not of the public internet. @see https://www.iana.org/assignments/iana-ipv4-special-registry */
const PRIVATE_V4: readonly [network: string, prefix: number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16], // link-local: cloud providers answer with credentials there
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3], // multicast, reserved and broadcast
];

/** Within 2000::/3, the only public part, what leads elsewhere: Teredo, documentation, 6to4. */
const PRIVATE_V6: readonly [network: string, prefix: number][] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const privateAddresses = new BlockList();
for (const [network, prefix] of PRIVATE_V4) privateAddresses.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of PRIVATE_V6) privateAddresses.addSubnet(network, prefix, "ipv6");
const global6 = new BlockList();
global6.addSubnet("2000::", 3, "ipv6");

/** Whether an IP address is of the public internet; an IPv4 address within IPv6 is not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !privateAddresses.check(address, "ipv4");
  return family === 6 && global6.check(address, "ipv6") && !privateAddresses.check(address, "ipv6");
}

/**
 * The addresses of a host, to be connected to as they are: a name that is looked up again may lead
 * elsewhere the second time.
 * @param hostname as in a URL, IPv6 in brackets
 * @throws {Error} in words, if it has none or, unless `allowPrivate`, any that is not public.
 */
export async function addressesOf(
  hostname: string,
  { allowPrivate }: { readonly allowPrivate: boolean },
): Promise<LookupAddress[]> {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const addresses = await lookup(host, { all: true });
  const hidden = addresses.find(({ address }) => !allowPrivate && !isPublicAddress(address));
  if (hidden !== undefined)
    throw new Error(
      `${host} is at ${hidden.address}, which is no public address; ` +
        "WEBHOOK_PRIVATE_ADDRESSES=allow lets webhooks lead there",
    );
  return addresses;
}
