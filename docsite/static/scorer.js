/* How a page that was found is ranked: guides and the reference before decisions and the changelog, which name everything. */
var Scorer = {
  score: ([name, title, anchor, descr, score, file, kind]) => {
    if (name.startsWith("decisions/") || name === "changelog" || name === "contributing") return score - 30;
    return name.startsWith("reference/") ? score + 4 : score;
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
