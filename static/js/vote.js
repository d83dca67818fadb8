// Says beside the votes how many may still vote, and how the vote is called.
(() => {
  const floor = document.getElementById("vote-floor");
  const fields = ["votes_for", "votes_against", "abstentions"].map((name) => document.getElementById(`id_${name}`));
  if (!floor || fields.some((field) => !field)) return;
  const status = floor.querySelector("[role=status]");
  const group = fields[0].closest("fieldset");
  group.querySelector("legend").after(floor);
  const tell = () => {
    const excluded = group.querySelectorAll('input[name="biased"]:checked').length;
    const mayVote = Number(floor.dataset.mayVote) - excluded;
    const parts = [`${mayVote} dürfen abstimmen.`];
    if (mayVote < Number(floor.dataset.needed)) parts.push("Das Gremium ist nicht beschlussfähig.");
    if (fields.every((field) => field.value !== "")) {
      const [yes, no, abstain] = fields.map((field) => Number(field.value));
      const given = yes + no + abstain;
      if (given > mayVote) parts.push(`${given} Stimmen sind zu viele.`);
      else {
        if (given < mayVote) parts.push(`${mayVote - given} ohne Stimme.`);
        if (yes > no) parts.push(no ? "Mehrheitlich dafür." : "Einstimmig dafür.");
        else parts.push("Keine Mehrheit dafür.");
      }
    }
    status.textContent = parts.join(" ");
  };
  group.addEventListener("input", tell);
  tell();
})();
