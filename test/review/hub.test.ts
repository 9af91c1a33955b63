import t from 'tap';
import { Hub } from '../../src/hub/hub.ts';
import { Line, type Outlet } from '../../src/hub/line.ts';

const outlet: Outlet = { write() {}, cork() {}, uncork() {}, end() {} };
const ROOMS = 20_000;

t.test('to follow many rooms takes as long a room as to follow a few', (t) => {
  const hub = new Hub();
  const line = new Line({ user: 1, role: 'user', session: null }, outlet);
  const other = new Line({ user: 2, role: 'user', session: null }, outlet);
  hub.add(line);
  hub.add(other);
  const began = performance.now();
  for (let room = 1; room <= ROOMS; room += 1) hub.enterRoom(line, room);
  for (let room = 1; room <= ROOMS; room += 1) hub.view(line, room, true);
  for (let room = 1; room < ROOMS; room += 1) hub.leaveRoom(line, room);
  for (let room = 1; room < ROOMS; room += 1) hub.view(line, room, false);
  t.ok(performance.now() - began < 1_000, 'each of them is not paid for again with the next');
  t.same([[...line.rooms], [...line.viewing]], [[ROOMS], [ROOMS]]);
  t.same([other.rooms.size, other.viewing.size], [0, 0], 'nobody else follows');
  hub.remove(line);
  t.same([hub.inRoom(ROOMS).size, hub.viewersOf(ROOMS).size, line.rooms.size], [0, 0, 0]);
  t.end();
});
