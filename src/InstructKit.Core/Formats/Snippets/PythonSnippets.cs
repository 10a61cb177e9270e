namespace InstructKit.Formats.Snippets;

/// <summary>TRL's <c>SFTTrainer</c>.</summary>
internal sealed class TrlSnippet : TrainerSnippet
{
    public override string Name => "trl";

    public override IReadOnlyList<string> Formats => ["prompt-completion", "messages", "text", "axolotl", "llama-factory", "openai"];

    public override IEnumerable<(string Name, string Text)> Write(SnippetData data)
    {
        var columns = data.Format switch
        {
            "prompt-completion" => """["prompt", "completion"]""",
            "text" => """["text"]""",
            _ => """["messages"]""",
        };
        var loss = data.Format switch
        {
            "prompt-completion" => "completion_only_loss=True",
            "text" => "completion_only_loss=False",
            // Needs a chat template that marks the assistant's turns; otherwise TRL stops.
            _ => "assistant_only_loss=True",
        };
        var validation = data.Validation.Count > 0 ? "    eval_dataset=data[\"validation\"],\n" : string.Empty;
        var strategy = data.Validation.Count > 0 ? ", eval_strategy=\"epoch\"" : string.Empty;
        yield return ("trl_sft.py", $"""
            # Fine-tunes on this folder with TRL. Run it anywhere: python snippets/trl_sft.py
            from pathlib import Path

            from datasets import load_dataset
            from trl import SFTConfig, SFTTrainer

            folder = Path(__file__).resolve().parent.parent
            data = load_dataset(str(folder), "{data.Config}").select_columns({columns})
            trainer = SFTTrainer(
                model="{Model}",
                args=SFTConfig(output_dir="model", max_length=2048, {loss}{strategy}),
                train_dataset=data["train"],
            {validation})
            trainer.train()

            """);
    }
}

/// <summary>OpenAI's fine-tuning service, and those with the same interface.</summary>
internal sealed class OpenAiSnippet : TrainerSnippet
{
    public override string Name => "openai";

    public override IReadOnlyList<string> Formats => ["openai"];

    public override IEnumerable<(string Name, string Text)> Write(SnippetData data)
    {
        var upload = data.Validation.Count > 0 ? $"validation = upload(\"validation.jsonl\", [{Names(data.Validation)}])\n" : string.Empty;
        var argument = data.Validation.Count > 0 ? ", validation_file=validation.id" : string.Empty;
        yield return ("openai_job.py", $$"""
            # Uploads this folder and starts a fine-tuning job. Needs OPENAI_API_KEY; OPENAI_BASE_URL names another service.
            from pathlib import Path

            from openai import OpenAI

            folder = Path(__file__).resolve().parent.parent
            client = OpenAI()


            def upload(name, files):
                content = b"".join((folder / file).read_bytes() for file in files)
                return client.files.create(file=(name, content), purpose="fine-tune")


            train = upload("train.jsonl", [{{Names(data.Train)}}])
            {{upload}}job = client.fine_tuning.jobs.create(model="gpt-4.1-mini-2025-04-14", training_file=train.id{{argument}})
            print(job.id)

            """);
    }

    private static string Names(IEnumerable<string> files) => string.Join(", ", files.Select(file => $"\"{file}\""));
}

/// <summary>verl's trainer with a reward that extracts the answer as defined by the task.</summary>
internal sealed class VerlSnippet : TrainerSnippet
{
    public override string Name => "verl";

    public override IReadOnlyList<string> Formats => ["verl"];

    public override IEnumerable<(string Name, string Text)> Write(SnippetData data)
    {
        // verl requires files for validation; without a validation split the training prompts are better than held-out data.
        var validation = data.Validation.Count > 0 ? data.Validation : data.Train;
        yield return ("verl.sh", $"""
            #!/bin/sh
            # Trains on this folder with verl (GRPO). Further settings can follow as arguments.
            cd "$(dirname "$0")/.." || exit 1
            python3 -m verl.trainer.main_ppo \
              algorithm.adv_estimator=grpo \
              "data.train_files=[{string.Join(',', data.Train)}]" \
              "data.val_files=[{string.Join(',', validation)}]" \
              data.prompt_key=prompt \
              data.train_batch_size=128 \
              data.max_prompt_length=1024 \
              data.max_response_length=1024 \
              actor_rollout_ref.model.path={Model} \
              actor_rollout_ref.rollout.name=vllm \
              actor_rollout_ref.rollout.n=8 \
              custom_reward_function.path=snippets/verl_reward.py \
              custom_reward_function.name=compute_score \
              "$@"

            """);
        yield return ("verl_reward.py", """"
            """Rewards 1.0 for a right answer, found as the task's answer contract says."""
            import re


            def folded(text):
                return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())


            def extract(text, info):
                if info["answer_pattern"]:
                    matches = list(re.finditer(info["answer_pattern"], text))
                    if not matches:
                        return None
                    text = matches[-1].group(1 if matches[-1].re.groups else 0)
                text = text.strip()
                if info["answer_format"] in ("line", "option"):
                    text = text.split("\n")[0].strip()
                if info["answer_format"] == "number":
                    numbers = re.findall(r"[-+]?\d[\d,]*(?:\.\d+)?", text)
                    return numbers[-1].replace(",", "") if numbers else None
                return text


            def compute_score(data_source, solution_str, ground_truth, extra_info=None):
                info = extra_info
                answer = extract(solution_str, info)
                if answer is None:
                    return 0.0
                if info["answer_format"] == "number":
                    try:
                        return float(any(float(answer) == float(one.replace(",", "")) for one in info["answers"]))
                    except ValueError:
                        return 0.0
                if info["answer_format"] == "option" and info["answer_match"] == "contained":
                    found = {option for option in info["choices"] if re.search(rf"(?<!\w){re.escape(folded(option))}(?!\w)", folded(answer))}
                    return float(len(found) == 1 and found <= set(info["answers"]))
                if info["answer_match"] == "exact" and info["answer_format"] == "option":
                    return float(answer in info["answers"])
                return float(folded(answer) in {folded(one) for one in info["answers"]})

            """");
    }
}
