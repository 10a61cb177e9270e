PORT HELENA, Maine (CNN) -- Rescuers freed a young humpback whale from fishing gear on Sunday after a struggle of seven hours

The animal, about nine metres long, had been seen on Friday with a rope around its tail and a buoy dragging behind. "She was tired, and she let us work," said Carla Dunn of the state's marine patrol.

Two divers cut the last line with a curved knife.

A tracker fitted to her fin shows that she has since travelled 60 miles north.

@highlight

A humpback whale was freed from ropes off the coast of Maine

@highlight

The rescue took seven hours and ended with divers cutting the last line

@highlight

A tracker shows the animal has already swum 60 miles
