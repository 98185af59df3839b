"""In: a text and its language. Out: every figure in it a person should compare with the source (G5). Pure; no database."""

from campaigns.content.figures.comparing import Differences, differences
from campaigns.content.figures.finding import Figure, Kind, figures_of

__all__ = ["Differences", "Figure", "Kind", "differences", "figures_of"]
