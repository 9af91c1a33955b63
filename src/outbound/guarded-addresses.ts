/** Which addresses Parley may connect to on behalf of somebody who wrote a URL. */
import { BlockList, isIP } from 'node:net';

/** IPv4 that is not the public internet: this host, private, shared (CGNAT), link-local, test, multicast, reserved. */
const CLOSED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/**
 * Of IPv6 only global unicast is open. So everything else is closed without being listed: loopback, unique local,
 * link-local, multicast, and the forms that carry an IPv4 address (mapped, compatible, SIIT, NAT64).
 */
const OPEN_V6 = ['2000::/3'];
/** In there: protocol assignments with Teredo and ORCHID, documentation, 6to4 (which carries an IPv4 address too). */
const CLOSED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = familyOf(address);
    if (family === undefined) throw new Error(`${network} is no network`);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const family = isIP(address);
  return family === 0 ? undefined : family === 4 ? 'ipv4' : 'ipv6';
}

const makeLists = () => ({
  closedV4: listOf(CLOSED_V4),
  openV6: listOf(OPEN_V6),
  closedV6: listOf(CLOSED_V6),
});
let lists: ReturnType<typeof makeLists> | undefined;

export interface Addresses {
  /** What is no IP address, and one with a zone (`fe80::1%eth0`), is never open. */
  mayConnect(address: string, protocol: string): boolean;
}

/**
 * @param allow addresses and networks (CIDR) that are open although they are not the public internet; to them plain
 * http is good too, while what leaves the house goes by TLS alone
 */
export function guardAddresses(allow: readonly string[]): Addresses {
  const allowed = listOf(allow);
  return {
    mayConnect(address, protocol) {
      const family = address.includes('%') ? undefined : familyOf(address);
      if (family === undefined) return false;
      if (allowed.check(address, family)) return true;
      if (protocol !== 'https:') return false;
      // Made for the first call to the outside, not at the start: the runtime compiles a long expression for it.
      lists ??= makeLists();
      if (family === 'ipv4') return !lists.closedV4.check(address, family);
      return lists.openV6.check(address, family) && !lists.closedV6.check(address, family);
    },
  };
}
