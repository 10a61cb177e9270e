namespace InstructKit.Formats.Snippets;

/// <summary>Axolotl's YAML: each file is a separate dataset.</summary>
internal sealed class AxolotlSnippet : TrainerSnippet
{
    public override string Name => "axolotl";

    public override IReadOnlyList<string> Formats => ["axolotl", "messages", "openai", "llama-factory", "sharegpt", "alpaca", "text"];

    public override IEnumerable<(string Name, string Text)> Write(SnippetData data)
    {
        var text = new StringBuilder($"# Axolotl. Run it in the output folder: axolotl train snippets/axolotl.yaml\nbase_model: {Model}\n");
        AppendDatasets(text, "datasets", data, data.Train, isTest: false);
        if (data.Validation.Count > 0) AppendDatasets(text, "test_datasets", data, data.Validation, isTest: true);
        else text.Append("val_set_size: 0.0\n");

        text.Append("sequence_len: 2048\nmicro_batch_size: 4\ngradient_accumulation_steps: 4\nnum_epochs: 1\noptimizer: adamw_torch\nlearning_rate: 0.00002\nlr_scheduler: cosine\noutput_dir: model\n");
        yield return ("axolotl.yaml", text.ToString());
    }

    private static void AppendDatasets(StringBuilder text, string key, SnippetData data, IReadOnlyList<string> files, bool isTest)
    {
        text.Append($"{key}:\n");
        foreach (var file in files)
        {
            text.Append($"  - path: {file}\n    ds_type: {data.Loader}\n");
            if (isTest) text.Append("    split: train\n");
            text.Append(data.Format switch
            {
                "alpaca" => "    type: alpaca\n",
                "text" => "    type: completion\n    field: text\n",
                "sharegpt" => "    type: chat_template\n    field_messages: conversations\n    message_property_mappings:\n      role: from\n      content: value\n    roles_to_train: [assistant]\n",
                _ => "    type: chat_template\n    field_messages: messages\n    roles_to_train: [assistant]\n",
            });
            if (data.Mark == "train" && data.Format is not ("alpaca" or "text")) text.Append("    message_field_training: train\n");
            if (data.HasTools && data.Format is not ("alpaca" or "text")) text.Append("    field_tools: tools\n");
        }
    }
}

/// <summary>LLaMA-Factory's YAML, over the datasets that <c>dataset_info.json</c> registers.</summary>
internal sealed class LlamaFactorySnippet : TrainerSnippet
{
    public override string Name => "llama-factory";

    public override IReadOnlyList<string> Formats => ["llama-factory", "messages", "axolotl", "openai", "sharegpt", "alpaca"];

    public override bool NeedsDatasetInfo => true;

    public override IEnumerable<(string Name, string Text)> Write(SnippetData data)
    {
        var text = new StringBuilder($"# LLaMA-Factory. Run it in the output folder: llamafactory-cli train snippets/llama-factory.yaml\nmodel_name_or_path: {Model}\n");
        text.Append("stage: sft\ndo_train: true\nfinetuning_type: lora\nlora_target: all\ntemplate: qwen\ndataset_dir: .\n");
        text.Append($"dataset: {string.Join(',', DatasetInfo.Names("train", data.Train.Count))}\n");
        if (data.Validation.Count > 0) text.Append($"eval_dataset: {string.Join(',', DatasetInfo.Names("validation", data.Validation.Count))}\neval_strategy: epoch\nper_device_eval_batch_size: 4\n");

        text.Append("cutoff_len: 2048\nper_device_train_batch_size: 4\ngradient_accumulation_steps: 4\nlearning_rate: 0.00002\nnum_train_epochs: 1.0\noutput_dir: model\n");
        yield return ("llama-factory.yaml", text.ToString());
    }
}

/// <summary>The data part of a torchtune recipe's YAML.</summary>
internal sealed class TorchtuneSnippet : TrainerSnippet
{
    public override string Name => "torchtune";

    public override IReadOnlyList<string> Formats => ["messages", "axolotl", "llama-factory", "openai", "sharegpt", "alpaca", "nemo", "pair", "text"];

    public override IEnumerable<(string Name, string Text)> Write(SnippetData data)
    {
        var text = new StringBuilder("# torchtune: the data part of a recipe's configuration; run tune in the output folder.\n");
        Append(text, "dataset", data, data.Train);
        if (data.Validation.Count > 0)
        {
            Append(text, "dataset_val", data, data.Validation);
            text.Append("run_val_every_n_steps: 100\n");
        }

        yield return ("torchtune.yaml", text.ToString());
    }

    private static void Append(StringBuilder text, string key, SnippetData data, IReadOnlyList<string> files)
    {
        var (component, rest) = data.Format switch
        {
            "alpaca" => ("alpaca_dataset", "  train_on_input: false\n"),
            "text" => ("text_completion_dataset", "  column: text\n"),
            "nemo" => ("instruct_dataset", "  train_on_input: false\n"),
            "pair" => ("instruct_dataset", "  column_map: {input: input, output: target}\n  train_on_input: false\n"),
            "sharegpt" => ("chat_dataset", "  conversation_column: conversations\n  conversation_style: sharegpt\n  train_on_input: false\n"),
            _ => ("chat_dataset", "  conversation_column: messages\n  conversation_style: openai\n  train_on_input: false\n"),
        };
        text.Append($"{key}:\n  _component_: torchtune.datasets.{component}\n  source: {data.Loader}\n  data_files:\n{List(files, "    ")}  split: train\n{rest}");
    }
}
