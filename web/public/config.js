// Where the API is: '' is the origin of these pages. A deployment that serves the two apart replaces this file.
window.dotCopilot = { api: '' };
