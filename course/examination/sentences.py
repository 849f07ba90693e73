"""What a finding says: what was seen, a small case where there is one, and a question."""

from course.examination.findings import Finding

#: For what did not hold: the check, in which way, and the sentences. A finding's numbers go in.
NOT_HELD = {
    ("own", "borrowed"): (
        "Your functions use what comes with this course: {names}. The page is to be empty: what do "
        "you need it for, and can you write that yourself?"
    ),
    ("runs", "endless"): (
        "We stopped {function} after {seconds:.0f} seconds{line}. How many steps does it take, how long "
        "does one of them last, and what tells it when to stop?"
    ),
    ("runs", "raises"): ("{function} raised {error}{line}. {unexpected}?"),
    ("runs", "no parameters"): (
        "my_train returned None, and my_predict could do nothing with that. Has my_train a last line "
        "that returns the parameters?"
    ),
    ("runs", "no answer"): (
        "my_predict returned None. Has it a last line that returns a digit for each image?"
    ),
    ("runs", "shape"): (
        "Asked about {wanted[0]:,} images, my_predict returned an array of shape {shape}, not "
        "{wanted}. If it holds a number for each class, which of the ten is the answer? If it holds ten "
        "in all, over which axis was the largest taken? And if it is a column, how do you drop the "
        "second axis?"
    ),
    ("runs", "kind"): (
        "my_predict returned {kind}, but a whole number from 0 to 9 is wanted for each image. What "
        "does its last line return?"
    ),
    ("runs", "range"): (
        "my_predict answered {example}, which is no digit, and did so {count:,} times. What turns "
        "your network's output into one of ten classes?"
    ),
    ("arguments", "changed"): (
        "These were not as before when your functions had returned: {changed}. Whoever calls them "
        "again goes on with what is left. Which line works in place (-=, /=, rng.shuffle), and on "
        "whose array?"
    ),
    ("bytes", "large"): (
        "Your program learnt {few:,} images twice. With their pixels as they are, 0 to 255, it then got "
        "{right:.1%} right; with all of them divided by 255, {small:.1%}. A small case: a hidden unit "
        "with weights of size 1, and a hundred pixels of 255. How large may its sum be, and what is "
        "the slope of your activation there? (If you have none, what else depends on the pixels' size?)"
    ),
    ("finite", "nan"): (
        "Of the {total:,} numbers that my_train returned, {wrong:,} are infinite or not a number"
        "{warned}. Which operation made the first of them, and in which step?"
    ),
    ("finite", "invalid"): (
        "On ordinary digits, NumPy warned while your my_predict was at work: {warning}. So some of its "
        "numbers are not numbers (NaN). argmax takes the first NaN for the largest: an answer comes "
        "out, and it means nothing. Infinity over infinity makes a NaN, and so does 0 over 0. How large "
        "are the sums that go into your exponential, and what did lesson 02 subtract from them? Or is "
        "anything divided by the standard deviation of a pixel that never varies? (If the warning comes "
        "from a branch that np.where throws away, this is no fault: hide it with np.errstate.)"
    ),
    ("finite", "zero over zero"): (
        "On ordinary digits, NumPy warned while your my_predict was at work: {warning}. So some of its "
        "numbers are not numbers (NaN). argmax takes the first NaN for the largest: an answer comes "
        "out, and it means nothing. NumPy told of no infinity before it, so this is most likely 0 over "
        "0. What do you divide by, and where is it 0? The standard deviation of a pixel that never "
        "varies is 0. (If you have told NumPy to hide overflow, infinity over infinity is possible too.)"
    ),
    ("labels", "leak"): (
        "We dealt out the labels at random, and your program still got {chance:.1%} of other people's "
        "digits right, where chance gets 10%. Nothing that we gave it could tell it that. A small "
        "case: hand my_train a hundred images with wrong labels. How can it know the right ones?"
    ),
    ("labels", "nothing"): (
        "Your program learnt {few:,} images and then got {right:.1%} of other digits right; guessing "
        "gets 10%, and with labels dealt out at random your program got {chance:.1%}. Do the labels "
        "still belong to their images, and on ten of them alone, does the loss fall to nearly 0?"
    ),
    ("names", "numbers"): (
        "Of your program's {errors:,} errors {by_one:.0%} miss by exactly one, as if a 3 were nearly a "
        "4. A small case: your network wavers between 1 and 9. If the loss takes digits for numbers, "
        "which answer is cheapest, and is it either of the two?"
    ),
    ("company", "company"): (
        "{moved} of {asked} images get a different answer when the images beside them "
        "change. One of them is a {label}. Among all the others it is read as {together}, but {rooms}. "
        "Which operation looks at more than one row, and along which axis?"
    ),
    ("order", "order"): (
        "Of {asked:,} images, {moved:,} get a different answer if the same images come in the opposite "
        "order. What in my_predict depends on an image's place?"
    ),
    ("repeat", "differs"): (
        "Two training runs with the same generator gave two networks, which disagree on {differ:,} of "
        "{asked:,} digits{drew}. Where does your program take its random numbers from?"
    ),
    ("repeat", "moody"): (
        "Asked twice about the same images, with the same parameters, your program gave {differ:,} of "
        "{asked:,} digits a different answer. What is drawn anew, or kept, from one call of my_predict "
        "to the next?"
    ),
    ("repeat", "elsewhere"): (
        "We trained two more networks, and then asked the first one again: {differ:,} of {asked:,} "
        "answers had changed. What does my_predict use besides its arguments?"
    ),
    ("chance", "ignored"): (
        "With a second generator, my_train trained the very same network{drawn}. Does something in "
        "my_train make a generator of its own, or set a seed? (If it needs no chance at all, this is no "
        "fault: say so, and say why.)"
    ),
    ("averages", "no better"): (
        "Your program got {right:.1%} of strangers' digits right; ten averages of the same images, and "
        "no learning at all, get {averages:.1%}. It gained {gained:,} digits over them and lost "
        "{lost:,}. "
        "Is the rate too small, the training too short, or is a gradient wrong? Which check of lesson "
        "03 would tell you?"
    ),
    ("odd pages", "odd"): (
        "Some pages without a digit were too much for your program: {pages}. A small case: an image "
        "whose 784 pixels are equal. Do you divide by something that is 0 there?"
    ),
    ("floats", "raises"): (
        "The same pixels, 0 to 255, as float32 in place of uint8, made your program raise {error}. "
        "Which line counts on the type of its images?"
    ),
    ("floats", "moved"): (
        "The same pixels, 0 to 255, as float32 in place of uint8, changed {moved} of {asked} answers. "
        "Where does your program do arithmetic on bytes, which wrap around at 256?"
    ),
    ("claim", "less"): (
        "You claimed {claim:g}%. Your program got {right:.1%} of strangers' digits right, with a "
        "standard error of {error:.1%}. On which digits did you measure, and what had you chosen by "
        "looking at them?"
    ),
    ("sure", "shape"): (
        "my_probabilities returned an array of shape {shape}, not {wanted}. Which axis is for images, "
        "and which for classes?"
    ),
    ("sure", "not finite"): (
        "{count:,} of your probabilities are infinite or not a number. Which exponential overflowed?"
    ),
    ("sure", "sums"): (
        "An image's ten probabilities should add up to 1, and none may be negative. Yours add up to "
        "{low:.3g} for one image and to {high:.3g} for another; the least is {least:.3g}. Do you "
        "divide by their sum, and along which axis?"
    ),
    ("sure", "two minds"): (
        "For {other:,} of {asked:,} images the largest probability is not at the digit that my_predict "
        "answers. Do my_predict and my_probabilities go through the same layers?"
    ),
    ("sure", "boasts"): (
        "On average your program is {sure:.1%} sure, and {right:.1%} of its answers are right; its "
        "probabilities are off by {error:.1%}, where chance alone makes {by_chance:.1%}. {by_heart}?"
    ),
    ("sure", "too modest"): (
        "On average your program is {sure:.1%} sure, but {right:.1%} of its answers are right; its "
        "probabilities are off by {error:.1%}, where chance alone makes {by_chance:.1%}. Does your "
        "loss reward it for being sure when it is right? If so, does longer training make it surer, "
        "and has its gradient passed the third landmark?"
    ),
    ("cost", "large"): (
        "At one moment of its learning your program held {megabytes:,.0f} MB; all the images that it "
        "got are {pixels:.0f} MB as float64. Which array is the largest, and do you need all of it at "
        "once?"
    ),
}


#: How what was seen is said, where that is more than to print it.
IN_WORDS = {
    "line": lambda line: f", in the line `{line}`" if line else "",
    "warned": lambda warned: f" (NumPy warned: {warned[0]})" if warned else "",
    "drawn": lambda drawn: (
        ", though it drew numbers from it" if drawn else " and drew no number from it"
    ),
    "drew": lambda drew: "" if drew else ", and your program never used the generator",
    "by_heart": lambda by_heart: (
        "Does it know by heart the images that it learnt"
        if by_heart
        else "Which step makes it so sure"
    ),
    "names": " and ".join,
    "changed": " and ".join,
    "pages": lambda pages: "; ".join(f"{name} ({how})" for name, how in pages.items()),
}


def sentence(finding: Finding) -> str:
    """Return what a finding says that did not hold."""
    seen = {
        name: IN_WORDS[name](value) if name in IN_WORDS else value
        for name, value in finding.seen.items()
    }
    if "error" in seen:
        seen["unexpected"] = (
            "Is the name spelt as where you gave it, and has that cell been run"
            if str(seen["error"]).startswith(("NameError", "UnboundLocalError"))
            else "Which array there has another shape, or type, than you expected"
        )
    if "rooms" in seen:
        moved = {
            room: answer for room, answer in seen["rooms"].items() if answer != seen["together"]
        }
        seen["rooms"] = ", ".join(f"{room} as {answer}" for room, answer in moved.items())
    is_any_call = finding.fault in ("raises", "endless") and finding.check != "floats"
    return NOT_HELD["runs" if is_any_call else finding.check, finding.fault].format(**seen)
