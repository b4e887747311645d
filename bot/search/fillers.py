"""Words that say how somebody asks, not what for. They never keep a resource from fitting."""

from __future__ import annotations

STOP_WORDS = frozenset(
    """
    a about above across after again against ago al all almost along already also although always am among an
    and another
    any anybody anyone anything are arent around as at away back be became because been before behind being below
    between both but by came can cannot cant come could couldnt did didnt do does doesnt doing done dont down during
    each either else etc et even ever every everyone everything few for from further get gets getting give gives go goes
    going gonna got had hadnt has hasnt have havent having he her here hers hey hi hello him his how hows however i id
    if ill im in into is isnt it its itself ive just keep kind know later least less let lets like lot lots made make
    makes making many may maybe me might mine more most much must my myself near never next no nobody none nor not
    nothing now of off often ok okay on once one ones only onto or other others our ours out over own per perhaps
    please plus put quite rather really said same say says see seem seems shall she should shouldnt since so some
    somebody someone something soon still such sure take tell than thank thanks that thats the their them then there
    theres these they theyre thing things this those though through thus till to together too toward towards try
    trying two under until up upon us use used useful uses using usually very via want wanted wants was wasnt way ways
    we well were werent what whatever whats when where wheres whether which while who whole whom whose why will with
    within without wont would wouldnt yeah yes yet you your youre yours yourself
    """.split()
)
"""Words of the English language that carry no topic."""

FILLERS = frozenset(
    """
    advice behind compare comparison compared difference differences different first invented inventor new versus vs
    advice answer beginner beginners best better basic basics brief briefly clear clearly cool curious deep dive easy
    explain explained explainer explaining explains explanation explanations favorite favourite find fundamentals good
    great guide guides happen happens help helpful idea ideas important info information interesting intro
    introduction introductory know lately learn learned learner looking look matter matters mean meaning means
    material materials need needs newbie nice overview people point pointers pointing question questions quick quickly
    read reading recommend recommendation recommendations recommended recommends reference references resource
    resources say search show simple simply somewhat start started starting stuff suggest suggestion suggestions
    summary teach teaches teaching time today topic topics tutorial tutorials understand understanding understands
    watch watching wonder wondering word words work working works worth
    """.split()
)
"""Words of asking for something to learn from: they help to find a title that has them, and nothing else."""
