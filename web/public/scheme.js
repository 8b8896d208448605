// Runs before the first paint so that a dark screen never flashes white.
(function () {
  var saved = null;
  try {
    saved = localStorage.getItem('dot-color-scheme');
  } catch {
    // Storage may be forbidden: the system's preference decides.
  }
  var dark =
    saved === 'dark' || (saved !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
