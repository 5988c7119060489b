// Sends again what portalbench recorded, request by request, each at its recorded moment.
//
//   PORTAL_TOKEN=... k6 run replay.js
//
// PORTAL_TOKEN  bearer token, sent with every request; none is sent when it is empty
// PORTAL_URL    scheme and host, in place of the recorded ones
// SPEED         2 sends twice as fast (default 1)
// VUS           requests that may be under way at once (default 200)
//
// Requests do not depend on each other here: ids in paths and bodies are those of the recorded run, whatever the portal
// answers now, and everybody has the same token. late_ms says how late requests were sent: when it grows, raise VUS.
import { sleep } from 'k6';
import encoding from 'k6/encoding';
import exec from 'k6/execution';
import http from 'k6/http';
import { SharedArray } from 'k6/data';
import { Rate, Trend } from 'k6/metrics';

const requests = new SharedArray('requests', () => JSON.parse(open('./requests.json')));
const speed = Number(__ENV.SPEED || 1);
const token = __ENV.PORTAL_TOKEN || '';
const late = new Trend('late_ms');
const same = new Rate('same_status'); // as in the recorded run

const last = requests.length > 0 ? requests[requests.length - 1].at_ms / speed : 0;

export const options = {
  scenarios: {
    replay: {
      executor: 'shared-iterations',
      vus: Math.min(Number(__ENV.VUS || 200), Math.max(requests.length, 1)),
      iterations: Math.max(requests.length, 1),
      maxDuration: Math.ceil(last / 1000 + 120) + 's',
    },
  },
};

export default function () {
  const r = requests[exec.scenario.iterationInTest];
  if (r === undefined) {
    return;
  }
  const due = exec.scenario.startTime + r.at_ms / speed;
  if (due > Date.now()) {
    sleep((due - Date.now()) / 1000);
  }
  late.add(Math.max(Date.now() - due, 0));
  const headers = {};
  if (r.content_type) {
    headers['Content-Type'] = r.content_type;
  }
  if (token) {
    headers.Authorization = 'Bearer ' + token;
  }
  const body = r.body_base64 ? encoding.b64decode(r.body_base64) : r.body || null;
  const url = (__ENV.PORTAL_URL || r.host) + r.path;
  const answer = http.request(r.method, url, body, { headers, tags: { name: r.op, op: r.op } });
  same.add(answer.status === r.status, { op: r.op });
}
