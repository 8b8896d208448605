// Counts what goes through the door, in memory that all workers share, and tells it in Prometheus' text format.
// Every request costs two additions: one for its place, kind of status and duration together, one for the seconds.

const EDGES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const PLACES = ['web', 'api', 'mcp', 'oauth', 'other'];
const STATUSES = ['2xx', '3xx', '4xx', '5xx'];
const UPSTREAMS = ['api', 'mcp_gateway'];
const HIDDEN = /^\/(healthz|readyz|metrics|internal)/;

function place(uri) {
  if (uri.startsWith('/api/')) return 'api';
  if (uri === '/mcp') return 'mcp';
  if (uri.startsWith('/oauth/') || uri.startsWith('/.well-known/')) return 'oauth';
  return HIDDEN.test(uri) ? 'other' : 'web';
}

function bucket(seconds) {
  let at = 0;
  while (at < EDGES.length && seconds > EDGES[at]) at++;
  return at;
}

// The value of a variable that the access log asks for, once a request has been answered. It is always '0', so nothing is
// ever written; and whatever goes wrong here, requests and their log do not notice.
function count(r) {
  try {
    const here = place(r.uri);
    const seconds = Number(r.variables.request_time);
    const kind = Math.min(Math.max(Math.floor(r.status / 100), 2), 5);
    const counts = ngx.shared.metrics;
    counts.incr(`${here} ${kind}xx ${bucket(seconds)}`, 1, 0);
    counts.incr(`${here} seconds`, seconds, 0);
    const attempts = r.variables.upstream_status;
    // Several attempts are "502, 200"; a process that was not there, or did not answer, counts as one that failed.
    if (attempts && attempts.includes('5')) {
      const failed = attempts.split(/[,:] /).filter((one) => one.charAt(0) === '5').length;
      if (failed) counts.incr(`upstream ${here === 'mcp' ? 'mcp_gateway' : 'api'}`, failed, 0);
    }
  } catch (error) {
    // Memory that is full, or a status that is none: this request is not counted.
  }
  return '0';
}

function render(r) {
  const counts = ngx.shared.metrics;
  const get = (key) => counts.get(key) || 0;
  const lines = [
    '# HELP nginx_up Whether nginx answers.', '# TYPE nginx_up gauge', 'nginx_up 1',
    '# HELP nginx_requests_total Requests that were answered.', '# TYPE nginx_requests_total counter',
  ];
  const durations = [
    '# HELP nginx_request_duration_seconds From the first byte of a request to the last byte of its answer.',
    '# TYPE nginx_request_duration_seconds histogram',
  ];
  PLACES.forEach((here) => {
    const slots = new Array(EDGES.length + 1).fill(0);
    STATUSES.forEach((status) => {
      let all = 0;
      for (let at = 0; at < slots.length; at++) {
        const found = get(`${here} ${status} ${at}`);
        slots[at] += found;
        all += found;
      }
      lines.push(`nginx_requests_total{place="${here}",status="${status}"} ${all}`);
    });
    let below = 0;
    slots.forEach((found, at) => {
      below += found;
      const edge = at < EDGES.length ? EDGES[at] : '+Inf';
      durations.push(`nginx_request_duration_seconds_bucket{place="${here}",le="${edge}"} ${below}`);
    });
    durations.push(`nginx_request_duration_seconds_sum{place="${here}"} ${get(`${here} seconds`)}`);
    durations.push(`nginx_request_duration_seconds_count{place="${here}"} ${below}`);
  });
  const failures = [
    '# HELP nginx_upstream_errors_total Attempts at an upstream that got no answer, or one of 500 or more.',
    '# TYPE nginx_upstream_errors_total counter',
  ].concat(UPSTREAMS.map((name) => `nginx_upstream_errors_total{upstream="${name}"} ${get(`upstream ${name}`)}`));
  r.headersOut['Content-Type'] = 'text/plain; version=0.0.4; charset=utf-8';
  r.return(200, lines.concat(durations, failures).join('\n') + '\n');
}

// The colour that everybody is sent to: what was said last, else what the configuration says.
function colour(r) {
  return ngx.shared.colours.get('serving') || r.variables.standing;
}

// Says it. Only the supervisor knows the key; what it does not send is told nothing.
function turn(r) {
  const to = r.args.to;
  if (r.method !== 'POST' || r.headersIn['X-Key'] !== r.variables.switch_key || !/^(blue|green)$/.test(to)) {
    r.return(404);
    return;
  }
  ngx.shared.colours.set('serving', to);
  r.return(200, ngx.shared.colours.get('serving') + '\n');
}

export default { count, render, colour, turn };
