import t from 'tap';
import { addressKey, limitedAddress } from '../../src/chat/address.ts';

t.test('what one caller counts as', async (t) => {
  const rows: [string, string][] = [
    ['198.51.100.7', '198.51.100.7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['::FFFF:198.51.100.7', '198.51.100.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::198.51.100.7', '64:ff9b:0:0::/64'],
  ];
  for (const [address, key] of rows) t.equal(addressKey(address), key, address);
});

t.test('whom limits by address bind', async (t) => {
  const rows: [string, string, string | null][] = [
    ['198.51.100.7', '198.51.100.7', '198.51.100.7'],
    ['127.0.0.1', '127.0.0.1', null],
    ['127.0.0.1', '::ffff:127.0.0.1', null],
    ['::1', '::1', null],
    ['10.1.2.3', '10.1.2.3', null],
    ['172.31.0.1', '172.31.0.1', null],
    ['172.32.0.1', '172.32.0.1', '172.32.0.1'],
    ['192.168.1.1', '192.168.1.1', null],
    ['fd00::1', 'fd00::1', null],
    ['198.51.100.7', '127.0.0.1', '198.51.100.7'],
    ['10.1.2.3', '127.0.0.1', '10.1.2.3'],
  ];
  for (const [address, peer, key] of rows) t.equal(limitedAddress(address, peer), key, `${address} by ${peer}`);
});
