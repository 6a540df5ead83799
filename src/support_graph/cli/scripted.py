"""What a scripted teammate types where a file names answers only: texts of their own."""

import random
from collections.abc import Sequence
from functools import cache

_PHRASE = 6

_WORDS = """
account address agent agree airport alarm allow amount animal answer apply archive arrange
attach autumn balance battery before billing blanket border bottle branch bridge browser
button cable calendar camera cancel carpet carrier castle central change charge checkout
choose circle clinic clock collect colour column compare confirm connect contact copper
corner coupon courier customs daily dashboard deliver deposit desert detail device dialog
dinner disable discount district doctor domain download drawer driver enable engine enter
envelope escape evening exchange export factory family farmer feather filter finger firmware
flight folder forest format forward freight friday garden gateway gather glass guest guide
hammer handle harbour header height helmet history holiday hospital hotel import inbox
index insert install instant invite invoice island jacket journey kitchen ladder language
laptop layout leather ledger letter library license limit locate luggage machine magnet
manual margin market measure member menu message meter minute mirror mobile module monitor
morning mountain museum network notebook notice number nurse ocean office orange orchard
order outlet owner package paint panel parcel partner passport password payment pencil
permit phone picture pillow planet plastic player pocket policy portal postal printer
privacy profile program purchase quarter railway receipt recover refund region register
remind remove renew repair replace request reset return river router salary sample
saturday scanner school screen search season secure select server shipping signal silver
simple socket spring stamp station storage street student submit summer supplier surface
switch tablet tariff teacher terminal theatre thermostat ticket timber tracking transfer
travel tunnel upgrade upload vehicle verify village visitor voucher wallet warehouse
warranty weather website wheel window winter wireless writer yellow
""".split()  # noqa: SIM905 - as a list it would be two hundred lines


def one_off(text: str) -> Sequence[str]:
    """An answer for this customer alone."""
    return [f"Only for you: {text}"]


@cache
def wordings(name: str) -> Sequence[str]:
    """One answer as three teammates would type it: the same words in other orders and frames.

    They don't mean anything: what matters is that two answers share as little as real ones do.
    """
    chance = random.Random(name)  # noqa: S311 - nobody is to be kept from guessing it
    first, second, third = (" ".join(chance.sample(_WORDS, _PHRASE)) for _ in range(3))
    return [
        f"Please {first}. Then {second}, and {third}.",
        f"Hi! {first.capitalize()}; after that {second}. In the end {third}.",
        f"You can {second} once you {first}. Do not forget: {third}.",
    ]
