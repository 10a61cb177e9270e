using InstructKit.Templating.Values;

namespace InstructKit.Templates;

/// <summary>Replaces the text that a budget may truncate with a shorter one; options and answer stay those of the row.</summary>
public sealed partial class RowEvaluator
{
    private (Cell, Value) _whole;
    private bool _isReplaced;
    private ulong _fieldDraws;

    /// <summary>The text that may be truncated in the loaded row; false if the task names none, or its value is not a text.</summary>
    /// <param name="text">Plain UTF-8, a copy.</param>
    internal bool TryGetCutText(out byte[] text)
    {
        text = [];
        if (program.CutSlot < 0) return false;

        var cell = _context.GetCell(program.CutSlot);
        if (cell.IsText)
        {
            var bytes = _buffer.AsSpan(cell.Offset, cell.Length);
            text = cell.Kind == CellKind.EscapedText ? JsonEscapes.Unescape(bytes).ToArray() : bytes.ToArray();
            return true;
        }

        if (cell.Kind != CellKind.Missing || !_context.GetSlot(program.CutSlot).TryGetText(out var value)) return false;

        text = value.ToArray();
        return true;
    }

    /// <summary>Replaces the text that may be truncated; fields are recomputed from it.</summary>
    /// <exception cref="InstructKit.Templating.Settings.TemplateException">A field failed.</exception>
    internal void ReplaceCut(ReadOnlySpan<byte> text)
    {
        if (!_isReplaced) _whole = _context.SaveSlot(program.CutSlot);
        _isReplaced = true;
        _context.SetSlot(program.CutSlot, Value.FromUtf8(text));
        LoadFields();
    }

    /// <summary>Restores the row's own text.</summary>
    /// <exception cref="InstructKit.Templating.Settings.TemplateException">A field failed.</exception>
    internal void RestoreCut()
    {
        if (!_isReplaced) return;

        _isReplaced = false;
        _context.RestoreSlot(program.CutSlot, _whole);
        LoadFields();
    }

    // A field that may itself be truncated is not recomputed, and keeps its random draws.
    private void LoadFields()
    {
        _context.Draws = _fieldDraws;
        foreach (var field in program.Fields)
        {
            if (field.Slot == program.CutSlot && _isReplaced) continue;

            _context.BeginRender();
            _context.SetSlot(field.Slot, field.Evaluate(_context, _scratch));
        }

        _context.Draws = _draws;
    }
}
