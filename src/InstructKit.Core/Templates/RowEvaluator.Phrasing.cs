using InstructKit.Templating.Values;

namespace InstructKit.Templates;

/// <summary>Variants of templates and layouts of options over the loaded row.</summary>
public sealed partial class RowEvaluator
{
    private OptionsLayout _shown = OptionsLayout.Released;
    private int _labelled = -1;
    private int[] _order = [];
    private Value _sourceOptions;

    /// <summary>The row's option at each position shown in the input rendered last; empty if they are in their own order.</summary>
    internal ReadOnlySpan<int> OptionOrder => _order;

    // The correct option is moved; the others keep their order. A row with fewer options is unchanged.
    private void PlaceGold(CompiledTemplate prompt, int place)
    {
        var gold = GoldOf(prompt);
        if (gold < 0 || place > _options.Count) return;

        List<int> order = [.. Enumerable.Range(0, _options.Count).Where(index => index != gold)];
        order.Insert(place - 1, gold);
        _sourceOptions = _options;
        _order = [.. order];
        ShowInOrder(Value.FromList([.. order.Select(index => _sourceOptions[index])]));
        for (var i = 0; i < _indexes.Count; i++) _indexes[i] = order.IndexOf(_indexes[i]);
    }

    private void RestoreOrder()
    {
        for (var i = 0; i < _indexes.Count; i++) _indexes[i] = _order[_indexes[i]];
        _order = [];
        ShowInOrder(_sourceOptions);
    }

    private void ShowInOrder(Value options)
    {
        _options = options;
        _context.SetSlot(program.OptionsSlot, options);
        PrintBlock(OptionsLayout.Released);
    }

    private void PrintBlock(OptionsLayout layout)
    {
        _shown = layout;
        if (program.BlockSlot < 0) return;

        _scratch.Length = 0;
        layout.Append(_options, _scratch);
        _context.SetSlot(program.BlockSlot, Value.FromUtf8(_scratch.Written));
    }

    /// <summary>How the input rendered last shows the options; null if its template does not print them.</summary>
    /// <param name="prompt">Its template.</param>
    public OptionsLayout? LayoutOf(CompiledTemplate prompt) => prompt.ShowsOptions ? _shown : null;

    private void ChooseVariant(VariantSlot[] variants, int number)
    {
        foreach (var (slot, texts) in variants)
        {
            _context.SetSlot(slot, texts[number % texts.Length]);
            number /= texts.Length;
        }
    }

    // If an answer cannot be a label, options without labels are shown.
    private void ShowOptions(CompiledTemplate prompt, OptionsLayout layout)
    {
        if (layout.HasLabels)
        {
            _labelled = prompt.TakesLabel ? GoldOf(prompt) : -1;
            if (_labelled < 0) layout = OptionsLayout.Released;
        }

        if (!ReferenceEquals(layout, _shown)) PrintBlock(layout);
    }

    private void RenderLabel(CompiledTemplate prompt, Utf8Output output)
    {
        var answer = _context.SaveSlot(prompt.AnswerSlot);
        _context.SetSlot(prompt.AnswerSlot, LabelOf(prompt, _labelled));
        try
        {
            prompt.Target!.Render(_context, output);
        }
        finally
        {
            _context.RestoreSlot(prompt.AnswerSlot, answer);
        }
    }

    // The replacement of an option: the template's own text for it, or its label.
    private Value LabelOf(CompiledTemplate prompt, int index) => prompt.Options is { } texts ? texts[_order.Length > 0 ? _order[index] : index] : Value.From(_shown.LabelOf(index));

    private Value LabelsOf(CompiledTemplate prompt, Value answers) => Value.FromList(Enumerable.Range(0, answers.Count)
        .Select(i => _indexes.Count > 0 ? _indexes[i] : IndexOf(_options, answers[i])).Where(index => index >= 0).Select(index => LabelOf(prompt, index)));
}
