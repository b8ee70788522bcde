"""Suggestions of the demonstration: parts of the text of real requirements, and their replacements."""

from dataclasses import dataclass, replace

from skills import revisions
from skills.content.changes import Change, Field
from skills.content.matrix import Cell, Place
from skills.models import Role, Skill


@dataclass(frozen=True)
class Rewording:
    """A suggestion to replace the text `old` by `new` in one requirement, with its reason and source."""

    skill_slug: str
    role_slug: str
    level_slug: str
    old: str
    new: str
    reason: str
    source: str = ""

    def build_change(self) -> Change:
        """Return the change of the current text; raises `ValueError` if `old` is not part of it."""
        place, current = self._get_current()
        # The content of the shipped frameworks may have changed: better an error than a suggestion of nothing.
        if self.old not in current.description:
            raise ValueError(f"{self.skill_slug}, {self.role_slug}, {self.level_slug}: no “{self.old}”")
        proposed = replace(current, description=current.description.replace(self.old, self.new))
        return Change(Field.REQUIREMENT, current, proposed, place)

    def build_removal(self) -> Change:
        """Return the change that removes the whole requirement."""
        place, current = self._get_current()
        return Change(Field.REQUIREMENT, current, None, place)

    def _get_current(self) -> tuple[Place, Cell]:
        """Return the place of the requirement and its current content; raises `ValueError` if there is none."""
        place = Place(Role.objects.get(slug=self.role_slug).key, self.level_slug)
        current = revisions.get_content(get_skill(self.skill_slug)).matrix.get(place)
        if current is None:
            raise ValueError(f"{self.skill_slug}: nothing for {self.role_slug}, {self.level_slug}")
        return place, current


def get_skill(slug: str) -> Skill:
    """Return the skill with this slug, with its group.

    The shipped content has it.
    """
    return Skill.objects.with_group().get(slug=slug)


# Slugs of a skill and of a role.
ML, OPS = ("experiment-tracking", "ml-engineer"), ("experiment-tracking", "mlops-engineer")
DATA, DESIGN = ("communicating-data", "data-architect"), ("designing-together", "graphic-designer")
SCIENCE, PRODUCT = ("experiment-tracking", "data-scientist"), ("product-management", "product-manager")
STRATEGY = ("strategy-design", "enterprise-architect")
MODEL, SYSTEM = ("ml-design", "machine-learning-engineer-dropbox"), ("systems-fluency", "reliability-engineer")
SECURITY = ("information-security", "development-operations-devops-engineer")
GOVERNANCE = ("data-governance", "data-governance-manager")

REPRODUCES = Rewording(
    *ML,
    "junior",
    "Understands the importance of reproducibility.",
    "Records seed, data version and environment, so that someone else can repeat the run.",
    "“Understands the importance” cannot be seen in anybody's work. What they record can.",
    "https://reproducibility.cs.princeton.edu/",
)
SAMPLES = Rewording(
    *DATA,
    "middle",
    "create basic visuals and presentations",
    "create clear charts and presentations that name their source and date",
    "“Basic” says how little is enough, not what is expected.",
)
AUDIENCE = Rewording(
    *DATA,
    "senior",
    "understand the appropriate media to communicate findings",
    "choose the medium that suits findings and audience, and explain the choice",
    "Understanding is the level below; here the choice itself is the work.",
)
FEEDBACK = Rewording(
    *DESIGN,
    "junior",
    "explain the importance of constructive feedback in the design process",
    "ask for feedback early and act on it visibly",
    "You see it in what a person does, not in what they explain.",
)
EVIDENCE = Rewording(
    *PRODUCT,
    "junior",
    "make or recommend an evidence-based decision using insight and data",
    "recommend a decision and say which evidence speaks for and against it",
    "Juniors rarely decide alone; naming the counter-evidence is what we look for in interviews.",
    "Own practice, 40 interviews",
)
ADVOCATE = Rewording(
    *STRATEGY,
    "lead",
    "for example, by advocating for resources and removing blockers",
    "for example by securing money and people for them and removing what is in their way",
    "Plainer words for the same thing; “blockers” is jargon.",
)
GRAMMAR = Rewording(
    *SYSTEM,
    "ic3",
    "I mastered the craft of automation for mitigating toil and expert in troubleshooting",
    "I have mastered automation for mitigating toil and am an expert in troubleshooting",
    "A verb is missing.",
)
STAGES = Rewording(
    *MODEL,
    "ic2",
    "make adjustment to existing designs",
    "make adjustments to existing designs",
    "Plural.",
)
SECURE = Rewording(
    *SECURITY,
    "lead",
    "specifically engineered to mitigate security threats",
    "derived from a written threat model",
    "Otherwise nobody can tell whether a control answers a threat at all.",
    "https://owasp.org/www-community/Threat_Modeling",
)
SWEEPS = Rewording(
    *OPS,
    "middle",
    "training visualization via W&B plots",
    "training curves that the whole team can read",
    "Names a product where the skill is meant.",
)
PROMOTES = Rewording(
    *OPS,
    "senior",
    "defines criteria for automatic promotion of best models",
    "defines, with those who answer for the product, when a model is promoted and when it is rolled back",
    "Rolling back is the harder half and is not mentioned.",
)
REASONING = Rewording(
    *MODEL,
    "ic1",
    "to verify and debug implementations of the designs",
    "well enough to verify and debug what implements them",
    "Easier to read aloud.",
)
COMPLIANCE = Rewording(
    *GOVERNANCE,
    "middle",
    "make recommendations to ensure compliance",
    "recommend how to comply, and by when",
    "A recommendation without a date is none.",
)
# Two suggestions for the same text, so that accepting one makes the other a conflict.
COMPLIANCE_AGAIN = replace(
    COMPLIANCE,
    new="recommend measures, each with a person who is responsible for it",
    reason="Someone must own each measure.",
)
ROADMAPS = Rewording(
    *STRATEGY,
    "senior",
    "for example, by creating roadmaps or plans",
    "with roadmaps that name owners and dates",
    "A roadmap without owners and dates directs nobody.",
)
# Published by an administrator while ROADMAPS is open.
ROADMAPS_PLAINER = replace(
    ROADMAPS, new="for example with roadmaps or plans", reason="Plainer words, as a reader asked."
)
TRACKER = Rewording(
    *SCIENCE,
    "junior",
    "using MLflow or Neptune",
    "in the team’s tracker",
    "Tools come and go; see the comments on this skill.",
)
TRACKER_MIDDLE = Rewording(*SCIENCE, "middle", "in MLflow or Neptune", "in the team’s tracker", "")
GOALS = Rewording(
    *PRODUCT,
    "middle",
    "work in the open and share your work",
    "publish your work every two weeks",
    "Makes it measurable.",
)
ADVERT = replace(
    REASONING,
    old="I apply existing tools and libraries",
    new="I apply ModelBuddy Pro (20 % off this week) and other tools and libraries",
    reason="Best tool on the market!!!",
)
ADVERT_AGAIN = Rewording(
    *DATA,
    "principal",
    "share data communication skills",
    "share ModelBuddy Pro dashboards (now 30 % off)",
    "Everybody uses ModelBuddy Pro now. Ask me for a free month!",
)
NEW_SKILL_REASON = "Every team that runs models needs it, and it is not described anywhere."
# Requirements of the new skill by level.
NEW_CELLS = {
    "junior": "Reads the dashboards of a model in production and reports what looks unusual.",
    "middle": "Chooses what is measured of a model in production and from which value someone is called.",
    "senior": "Tells drift of data from drift of the world, and decides when a model is trained again.",
}
