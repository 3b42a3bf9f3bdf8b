"""The JavaScript around every script that a page in the browser is asked to run."""

from __future__ import annotations

MOST_CHARACTERS = 32_000_000
"""What a page may hand over: more is not taken."""

# A script, and in the same call to the driver what is to be known beside its answer. The answer
# travels only where it is not too much: a page decides how much it is.
_ASKED = """
const entry = performance.getEntriesByType('navigation')[0];
const failed = location.protocol === 'chrome-error:';
const age = performance.now();
const weigh = (value) => typeof value === 'string' ? value.length
  : value && typeof value === 'object'
  ? Object.values(value).reduce((sum, part) => sum + weigh(part), 1) : 1;
const told = (answer) => {
  const weight = weigh(answer);
  return {
    born: performance.timeOrigin,
    age,
    url: location.href,
    status: entry && entry.responseStatus || null,
    failure: failed ? (document.querySelector('.error-code') || document.body).textContent : '',
    weight,
    answer: weight > %(most)d ? null : answer,
  };
};
const answer = (() => { %(script)s })();
return answer instanceof Promise ? answer.then(told) : told(answer);
"""


def wrapped(script: str) -> str:
    """A function body that runs another, and tells beside its answer which document gave it."""
    return _ASKED % {"script": script, "most": MOST_CHARACTERS}
