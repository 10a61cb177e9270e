namespace InstructKit.Templating.Syntax;

/// <summary>A variable of a scope.</summary>
/// <param name="Load">What it holds at first.</param>
/// <param name="Offset">Where it is mentioned first.</param>
internal readonly record struct Symbol(SymbolLoad Load, int Offset);
