"""Labelled configs on which the doctor is judged, and the judging: `./run bench doctor`. Tests train a few of them."""
