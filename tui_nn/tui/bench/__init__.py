"""The workbench without its screen: what it holds, what can be done, and what each thing that is done means.

Nothing here knows of keys, panes or Textual: screens translate keys into these calls and draw what they find here.
"""
