"""Made-up lessons for the change network: villages flown over (rendered in three dimensions), and estates of
houses and halls painted from straight above. Both write the same folders; every pixel is synthetic.
"""

from data.lessons.estate import write_estate
from data.lessons.village import write_village

__all__ = ["write_estate", "write_village"]
