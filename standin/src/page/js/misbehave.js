// Pages that cannot be read. The page draws after the promise settles; if the promise never settles, it
// never draws.

const never = () => new Promise(() => {});
const ALERT_DELAY_MS = 1000;
const NUMBERS_PER_STEP = 4 * 1024 * 1024; // 32 MiB of the script's heap

const misbehaviours = {
  endless_loop() {
    for (;;);
  },
  popup() {
    setInterval(() => open('/', '_blank'), 100);
    return never();
  },
  navigate_away({ navigate_to }) {
    location.href = navigate_to;
    return never();
  },
  download() {
    location.href = '/attachment';
    return never();
  },
  fill_memory() {
    const hoard = [];
    setInterval(() => hoard.push(new Array(NUMBERS_PER_STEP).fill(Math.random())), 10);
    return never();
  },
  alert_forever() {
    for (;;) alert('잠시 후 다시 시도해 주세요.');
  },
  async late_alert(_, layout) {
    const { complete } = layout;
    layout.complete = (...all) => {
      complete(...all);
      setTimeout(() => alert('잠시 후 다시 시도해 주세요.'), ALERT_DELAY_MS);
    };
  },
};

var misbehave = (options, layout) => misbehaviours[options.misbehave](options, layout);
