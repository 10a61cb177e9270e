using InstructKit.Cells;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templates;

/// <summary>Variants of templates and layouts of options over the loaded row.</summary>
public sealed partial class RowEvaluator
{
    private OptionsLayout _shown = OptionsLayout.Released;
    private int _labelled = -1;

    /// <summary>How the input rendered last shows the options; null when its template does not print them.</summary>
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

    // Where an answer cannot be a label, options without labels are shown.
    private void ShowOptions(CompiledTemplate prompt, OptionsLayout layout)
    {
        if (layout.HasLabels)
        {
            _labelled = !prompt.TakesLabel ? -1 : prompt.Answer is null ? AnswerIndex() : IndexOf(_options, _context.GetSlot(prompt.AnswerSlot));
            if (_labelled < 0) layout = OptionsLayout.Released;
        }

        if (ReferenceEquals(layout, _shown)) return;

        _scratch.Length = 0;
        layout.Append(_options, _scratch);
        _context.SetSlot(program.BlockSlot, Value.FromUtf8(_scratch.Written));
        _shown = layout;
    }

    private void RenderLabel(CompiledTemplate prompt, Utf8Output output)
    {
        var slot = prompt.Answer is null ? program.AnswerSlot : prompt.AnswerSlot;
        var cell = _context.GetCell(slot);
        var value = cell.Kind == CellKind.Missing ? _context.GetSlot(slot) : default;
        _context.SetSlot(slot, LabelOf(prompt, _labelled));
        try
        {
            prompt.Target!.Render(_context, output);
        }
        finally
        {
            if (cell.Kind == CellKind.Missing) _context.SetSlot(slot, value);
            else _context.SetCell(slot, cell);
        }
    }

    // What takes the place of an option: the template's own text for it, or its label.
    private Value LabelOf(CompiledTemplate prompt, int index) => prompt.Options is { } texts ? texts[index] : Value.From(_shown.LabelOf(index));

    private Value LabelsOf(CompiledTemplate prompt, Value answers) => Value.FromList(Enumerable.Range(0, answers.Count)
        .Select(i => _indexes.Count > 0 ? _indexes[i] : IndexOf(_options, answers[i])).Where(index => index >= 0).Select(index => LabelOf(prompt, index)));
}
