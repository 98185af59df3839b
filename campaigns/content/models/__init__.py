"""News items, awareness campaigns and what they share. Facts are language-neutral; a text row holds each language."""

from campaigns.content.models.approvable import IN_PRINT, Approvable
from campaigns.content.models.articles import Article, ArticleFigure
from campaigns.content.models.campaigns import Campaign, CampaignText
from campaigns.content.models.decisions import Approval, DecisionIsKeptError, Override
from campaigns.content.models.early_reading import EarlyReader, EarlyReading
from campaigns.content.models.images import Image, ImageText
from campaigns.content.models.materials import Material, MaterialKind, MaterialText
from campaigns.content.models.news_items import NewsItem, NewsItemQuerySet, NewsItemText
from campaigns.content.models.objectives import Stage, Target
from campaigns.content.models.partners import Partner
from campaigns.content.models.phases import Phase, PhaseText
from campaigns.content.models.revisions import CampaignRevision, NewsItemRevision, Revision, Step
from campaigns.content.models.scams import Channel, ScamExample, ScamExampleText
from campaigns.content.models.texts import State, Translation, one_text_per_language, words_at_hand
from campaigns.content.models.topics import Source, Topic, TopicText

__all__ = [
    "IN_PRINT",
    "Approvable",
    "Approval",
    "Article",
    "ArticleFigure",
    "Campaign",
    "CampaignRevision",
    "CampaignText",
    "Channel",
    "DecisionIsKeptError",
    "EarlyReader",
    "EarlyReading",
    "Image",
    "ImageText",
    "Material",
    "MaterialKind",
    "MaterialText",
    "NewsItem",
    "NewsItemQuerySet",
    "NewsItemRevision",
    "NewsItemText",
    "Override",
    "Partner",
    "Phase",
    "PhaseText",
    "Revision",
    "ScamExample",
    "ScamExampleText",
    "Source",
    "Stage",
    "State",
    "Step",
    "Target",
    "Topic",
    "TopicText",
    "Translation",
    "one_text_per_language",
    "words_at_hand",
]
