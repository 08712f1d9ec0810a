"""Draw the marks of examples: each class has a shape as well as a colour."""

MARKS = ("circle", "square", "diamond", "triangle", "cross")


def mark(index: int, x: float, y: float, r: int) -> str:
    """Return the path of one mark of radius r."""
    cx, cy = round(x), round(y)
    shape = MARKS[index % len(MARKS)]
    if shape == "circle":
        return f"M{cx - r} {cy}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0{-2 * r} 0z"
    if shape == "square":
        return f"M{cx - r} {cy - r}h{2 * r}v{2 * r}h{-2 * r}z"
    if shape == "diamond":
        long = r + min(10, r // 4)
        return f"M{cx} {cy - long}l{long} {long}l{-long} {long}l{-long} {-long}z"
    if shape == "triangle":
        return f"M{cx} {cy - r}l{r} {2 * r}h{-2 * r}z"
    arm = r // 3
    long = r - arm + min(8, r // 4)
    return (
        f"M{cx - arm} {cy - arm - long}h{2 * arm}v{long}h{long}v{2 * arm}h{-long}v{long}"
        f"h{-2 * arm}v{-long}h{-long}v{-2 * arm}h{long}z"
    )
