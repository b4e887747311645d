"""What members see: cards, pages, posts and the buttons on them.

What draws only reads. What a button does to the store stands with the button: `done` alone sets and takes marks, and
`privacy_card` alone forgets a member.
"""
