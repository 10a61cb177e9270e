By .

Neil Farrow .

PUBLISHED: . 06:12 EST, 14 March 2013 . | .

UPDATED: . 09:40 EST, 14 March 2013 .

A grandmother who bought a vase for £2 at a jumble sale has sold it for £31,000.

Maureen Oakes, 71, from Stoke, kept umbrellas in it for nine years.

She only had it valued because her grandson was learning about China at school.

An auctioneer recognised a mark on the base and told her to sit down. "I thought he meant the umbrellas," she said.

The vase went to a bidder in Hong Kong by telephone.

@highlight

Maureen Oakes, 71, paid £2 for the vase and used it for umbrellas

@highlight

Auctioneer spotted a mark that showed it was Chinese

@highlight

Telephone bidder in Hong Kong paid £31,000
