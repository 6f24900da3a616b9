"""Asks whatever endpoint the environment names; `source switch.env` first."""

import os

from openai import OpenAI

client = OpenAI(base_url=os.environ["LLM_BASE_URL"], api_key=os.environ["LLM_API_KEY"])
answer = client.chat.completions.create(
    model=os.environ["LLM_MODEL"],
    messages=[{"role": "user", "content": "Say hello."}],
)
print(answer.choices[0].message.content)
