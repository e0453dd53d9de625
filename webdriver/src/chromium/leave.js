// Evaluated in the fleet's world of a document that has been read. The page is replaced by a blank document of the
// same origin, in the same process: a navigation that costs a tenth of one that the browser begins.
(function () {
  const told = {
    origin: location.origin,
    frames: self.length,
    // Refused requests show as entries without a status.
    failed: performance.getEntriesByType('resource').some((entry) => !entry.responseStatus),
  };
  location.replace('about:blank');
  return told;
})()
