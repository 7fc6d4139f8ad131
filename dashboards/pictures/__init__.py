"""Pictures drawn as SVG by pure functions: from figures to text, nothing else.

Geometry is in percent of the width and in pixels of height, so that a picture fits every screen undistorted.
Looks come from the style sheet by class: the Content-Security-Policy allows no `style=`.
"""
