// What a reader chose on this site, remembered on this device under the union's name: several sites may share
// one host.

const key = `reading:${document.documentElement.dataset.site}`;

export function chosen() {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

export function choose(name, value) {
  try {
    localStorage.setItem(key, JSON.stringify({ ...chosen(), [name]: value }));
  } catch {
    // Private windows may forbid it: then it is not remembered.
  }
}
