// Runs before the first paint so that a dark screen never flashes white, and no letter changes its size.
(function () {
  var saved = null;
  var type = null;
  try {
    saved = localStorage.getItem('dot-color-scheme');
    type = localStorage.getItem('dot-type');
  } catch {
    // Storage may be forbidden: the system's preference decides.
  }
  var dark =
    saved === 'dark' || (saved !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  if (type === 'large') document.documentElement.setAttribute('data-type', 'large');
})();
