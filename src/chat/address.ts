/** Where a line comes from, as far as limits by address go. */
import { BlockList, isIPv6 } from 'node:net';

/** Loopback and private networks: whoever stands there may be a proxy with the whole world behind it. */
function nearNetworks(): BlockList {
  const list = new BlockList();
  for (const [network, bits] of [
    ['127.0.0.0', 8],
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['169.254.0.0', 16],
    ['100.64.0.0', 10],
  ] as const) {
    list.addSubnet(network, bits, 'ipv4');
  }
  list.addAddress('::1', 'ipv6');
  list.addSubnet('fc00::', 7, 'ipv6');
  list.addSubnet('fe80::', 10, 'ipv6');
  return list;
}
let near: BlockList | undefined;

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * What one caller counts as: an IPv4 address, or the /64 of an IPv6 one, whose lower half its owner may choose freely.
 *
 * @returns null when limits by address do not bind: the peer is near, and no trusted proxy tells who stands behind it
 */
export function limitedAddress(address: string, peer: string | undefined): string | null {
  if (plain(address) === plain(peer ?? '') && isNear(address)) return null;
  return addressKey(address);
}

/** @param address an IPv4 or IPv6 address */
export function addressKey(address: string): string {
  const one = plain(address);
  if (!isIPv6(one)) return one;
  const [head = '', tail] = withoutZone(one).split('::');
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const whole = tail === undefined ? first : [...first, ...Array(8 - first.length - last.length).fill('0'), ...last];
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

function isNear(address: string): boolean {
  const one = withoutZone(plain(address));
  near ??= nearNetworks();
  return near.check(one, isIPv6(one) ? 'ipv6' : 'ipv4');
}

/** An IPv4 address that came in over an IPv6 socket is an IPv4 address. */
function plain(address: string): string {
  return MAPPED.exec(address)?.[1] ?? address;
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/s, '');
}

/** The 16-bit groups of a part of an IPv6 address; a dotted end is two. */
function groups(part: string): string[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [group];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
  });
}
